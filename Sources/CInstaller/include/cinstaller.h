/* What Swift cannot call by itself. */
#ifndef CINSTALLER_H
#define CINSTALLER_H

float hypotf(float x, float y); /* see glibc.c: nobody calls it by name */

int cinstaller_pipe(int ends[2]); /* both ends are closed on exec; 0 or -1 */

/* Removes `path` and everything below it; symbolic links are not followed. 0 or -1. */
int cinstaller_remove_tree(const char *path);

#endif
