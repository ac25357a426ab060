/* See glibc.c: nothing here is called by name. */
#ifndef CINSTALLER_H
#define CINSTALLER_H

float hypotf(float x, float y);

#endif
