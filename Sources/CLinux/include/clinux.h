#ifndef CLINUX_H
#define CLINUX_H

/* Exchanges the names of two files or folders in one step: renameat2(2), which the Glibc module does not show.
 * Returns 0, or -1 with errno set; EINVAL where the file system cannot. */
int clinux_exchange(const char *first, const char *second);

#endif
