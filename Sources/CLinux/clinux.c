#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clinux.h"

int clinux_exchange(const char *first, const char *second)
{
	return renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE);
}

int clinux_pipe(int ends[2])
{
	return pipe2(ends, O_CLOEXEC);
}

int clinux_terminal(int ends[2], unsigned short columns, unsigned short rows)
{
	struct winsize size = { .ws_col = columns, .ws_row = rows };
	char path[64];
	int reason;

	ends[1] = -1;
	ends[0] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (ends[0] < 0)
		return -1;
	if (grantpt(ends[0]) == 0 && unlockpt(ends[0]) == 0 && ptsname_r(ends[0], path, sizeof(path)) == 0 &&
	    ioctl(ends[0], TIOCSWINSZ, &size) == 0)
		ends[1] = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (ends[1] >= 0)
		return 0;
	reason = errno;
	close(ends[0]);
	errno = reason;
	return -1;
}

int clinux_process(int process)
{
	return (int)syscall(SYS_pidfd_open, process, 0);
}
