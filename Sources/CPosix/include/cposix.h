/* The few libc facilities that Swift cannot call by itself: macros, variadics and errno. */
#ifndef CPOSIX_H
#define CPOSIX_H
#include <stdlib.h>
#endif
