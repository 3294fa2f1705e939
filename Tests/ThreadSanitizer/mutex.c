// Tells ThreadSanitizer about `Mutex` (Synchronization) where threads contend for it.
//
// An uncontended lock is inlined into the program, where ThreadSanitizer sees it. A contended one is taken and given back
// by these three functions of libswiftSynchronization, which is not instrumented, and by the kernel (FUTEX_LOCK_PI):
// without a word about it, whatever such a mutex guards looks like a race. A suppression would hide real ones as well.
//
// Preloaded by scripts/test-tsan; the functions' own code runs as it is.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define METHOD __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK_SLOW "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

// Part of every program that is built with --sanitize=thread; missing in those that only start one (`swift test`).
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

static void *original(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (!function) abort();
    return function;
}

METHOD void lock_slow(uint32_t thread, SELF void *mutex) __asm__(LOCK_SLOW);
METHOD void lock_slow(uint32_t thread, SELF void *mutex) {
    ((METHOD void (*)(uint32_t, SELF void *))original(LOCK_SLOW))(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

METHOD bool try_lock_slow(SELF void *mutex) __asm__(TRY_LOCK_SLOW);
METHOD bool try_lock_slow(SELF void *mutex) {
    bool locked = ((METHOD bool (*)(SELF void *))original(TRY_LOCK_SLOW))(mutex);
    if (locked && __tsan_acquire) __tsan_acquire(mutex);
    return locked;
}

METHOD void unlock_slow(SELF void *mutex) __asm__(UNLOCK_SLOW);
METHOD void unlock_slow(SELF void *mutex) {
    if (__tsan_release) __tsan_release(mutex);
    ((METHOD void (*)(SELF void *))original(UNLOCK_SLOW))(mutex);
}
