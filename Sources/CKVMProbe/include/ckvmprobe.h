/* A kernel that finds out what a virtual processor can do. */
#ifndef CKVMPROBE_H
#define CKVMPROBE_H

/* What it says, at port 0xE9, when it has done everything. */
#define CKVMPROBE_WORDS "untochat: a guest runs"

#ifndef __ASSEMBLER__
/* Opens it as a file in memory, as QEMU's -kernel takes it: programs that are started inherit the descriptor. -1 and errno
 * where it cannot. */
int ckvmprobe_open(void);
#endif

#endif
