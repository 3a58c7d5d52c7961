#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

// The Go runtime reserves about 1 GB for its tables and 64 MB for its first heap; a thread reserves 72 MB. Between 0.7 and
// 1.7 GB it depends on chance whether it starts.
#define LEAST 1700000000ul
#define OUT_OF_MEMORY 11

__attribute__((constructor)) static void check_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < LEAST) {
        fprintf(stderr, "igs: error: the address space is limited to %.2f GB (ulimit -v), and the Go runtime needs 1.7 GB to start\n"
                        "hint: raise it: ulimit -v unlimited; --memory-budget limits the memory itself\n", limit.rlim_cur / 1e9);
        _exit(OUT_OF_MEMORY);
    }
}
