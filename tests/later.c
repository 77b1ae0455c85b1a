/* Preloaded by tests/unchanged.rs: the program's clock, not that of the files, is LATER seconds ahead. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *time)
{
    int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, time);
    const char *later = getenv("LATER");
    if (result == 0 && clock == CLOCK_REALTIME && later)
        time->tv_sec += atol(later);
    return result;
}
