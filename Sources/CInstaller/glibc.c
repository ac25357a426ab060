#include "cinstaller.h"

#include <math.h>

/* The Swift library calls this, and glibc gave it a new version in 2.35: with this one the program starts where glibc is
 * older. Squares of floats are exact in double and cannot overflow there. */
float hypotf(float x, float y) {
    if (isinf(x) || isinf(y)) return INFINITY;
    return (float)sqrt((double)x * x + (double)y * y);
}
