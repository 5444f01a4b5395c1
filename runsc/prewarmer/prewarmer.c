/*
 * gvisor-sentry-prewarmer <program> <argv0> [argument...]
 *
 * Runs <program> in its own place after growing the descriptor table to 256 entries. The sentry puts descriptors at
 * 253 to 255 early on; in a process with several threads the kernel enlarges the table only after a grace period of
 * some 20 ms, in one with a single thread at once. Freestanding, so that it costs no time of its own.
 */
#include <asm/unistd.h>

#define F_DUPFD_CLOEXEC 1030
#define HIGHEST 255

#if defined(__x86_64__)
static long call(long number, long a, long b, long c) {
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "0"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
}
__asm__(".globl _start\n_start: xor %ebp,%ebp\n mov %rsp,%rdi\n and $-16,%rsp\n call start\n");
#elif defined(__aarch64__)
static long call(long number, long a, long b, long c) {
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
    return x0;
}
__asm__(".globl _start\n_start: mov x29,#0\n mov x0,sp\n bl start\n");
#else
#error "no system call sequence for this architecture"
#endif

/* What the kernel leaves at the top of the stack: argc, argv..., 0, environment..., 0. */
__attribute__((noreturn, used)) void start(long *stack) {
    long count = stack[0];
    char **arguments = (char **)(stack + 1);
    char **environment = arguments + count + 1;
    if (count >= 3) {
        long high = call(__NR_fcntl, 0, F_DUPFD_CLOEXEC, HIGHEST);
        if (high >= 0) {
            call(__NR_close, high, 0, 0);
        }
        call(__NR_execve, (long)arguments[1], (long)(arguments + 2), (long)environment);
    }
    for (;;) {
        call(__NR_exit, 127, 0, 0);
    }
}
