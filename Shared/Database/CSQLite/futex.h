// A counter in memory that processes share, and sleep on it. Swift has no atomics on such memory and cannot call the
// variadic syscall(2).
#pragma once

#include <stdint.h>
#include <time.h>

#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>
#endif

static inline uint32_t shared_counter_value(const uint32_t *counter) {
    return __atomic_load_n(counter, __ATOMIC_SEQ_CST);
}

/// Counts up and wakes all who sleep on the counter, in whatever process.
static inline void shared_counter_increment(uint32_t *counter) {
    __atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
#ifdef __linux__
    // 1: FUTEX_WAKE, not private to the process
    syscall(SYS_futex, counter, 1, INT32_MAX, 0, 0, 0);
#endif
}

/// Sleeps while the counter is `seen`, up to `seconds`; may return sooner for no reason.
static inline void shared_counter_wait(const uint32_t *counter, uint32_t seen, long seconds) {
#ifdef __linux__
    struct timespec limit = {.tv_sec = seconds};
    // 0: FUTEX_WAIT, not private to the process. The kernel compares and falls asleep in one step, so no wake is missed.
    syscall(SYS_futex, counter, 0, seen, &limit, 0, 0);
#else
    (void)seconds;
    struct timespec nap = {.tv_nsec = 10 * 1000 * 1000};
    if (shared_counter_value(counter) == seen) nanosleep(&nap, 0);
#endif
}
