/* Preloaded by tests/faults.rs and tests/nothing_lost.rs: the FAULT_AT-th call of FAULT_CALL on a file fails with EIO, or
   (FAULT_DO=kill) ends the program, or (FAULT_CALL=short) writes only half of what it should, and says so. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long calls;

static int hit(const char *call)
{
    const char *wanted = getenv("FAULT_CALL"), *at = getenv("FAULT_AT");
    return wanted && at && !strcmp(wanted, call) && atomic_fetch_add(&calls, 1) + 1 == atol(at);
}

static int refuse(void)
{
    const char *what = getenv("FAULT_DO");
    if (what && !strcmp(what, "kill"))
        kill(getpid(), SIGKILL);
    errno = EIO;
    return -1;
}

ssize_t write(int fd, const void *bytes, size_t count)
{
    ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    if (fd > 2 && hit("write"))
        return refuse();
    return real(fd, bytes, fd > 2 && count > 1 && hit("short") ? count / 2 : count);
}

int fsync(int fd)
{
    int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
    return hit("fsync") ? refuse() : real(fd);
}

int rename(const char *from, const char *to)
{
    int (*real)(const char *, const char *) = dlsym(RTLD_NEXT, "rename");
    return hit("rename") ? refuse() : real(from, to);
}

int unlink(const char *path)
{
    int (*real)(const char *) = dlsym(RTLD_NEXT, "unlink");
    return hit("unlink") ? refuse() : real(path);
}
