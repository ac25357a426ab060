#ifndef CLINUX_H
#define CLINUX_H

/* Exchanges the names of two files or folders in one step: renameat2(2), which the Glibc module does not show.
 * Returns 0, or -1 with errno set; EINVAL where the file system cannot. */
int clinux_exchange(const char *first, const char *second);

/* A pipe whose ends no other program inherits: pipe2(2). Returns 0, or -1 with errno set. */
int clinux_pipe(int ends[2]);

/* A new terminal of a size in characters: ends[0] is the side of whoever types and reads, ends[1] the side of the program
 * that runs on it. No other program inherits them, and it is nobody's controlling terminal. Returns 0, or -1 with errno
 * set. */
int clinux_terminal(int ends[2], unsigned short columns, unsigned short rows);

/* A descriptor of a process that becomes readable when it ends: pidfd_open(2). Returns it, or -1 with errno set. */
int clinux_process(int process);

#endif
