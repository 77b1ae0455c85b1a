/* Preloaded: no randomness, so that temporary files have the same names in every run, and a point is found again. */
#include <string.h>
#include <sys/types.h>

ssize_t getrandom(void *bytes, size_t count, unsigned flags)
{
    (void)flags;
    memset(bytes, 7, count);
    return count;
}
