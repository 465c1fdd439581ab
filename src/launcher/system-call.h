/* The system, without the C library's errno: that is one variable for all who share this program's memory. */
#ifndef SYSTEM_CALL_H
#define SYSTEM_CALL_H

#include <sys/syscall.h>

/* What comes back is what the system gives: below 0 it is an errno, negated. */
#if defined(__x86_64__)

static inline long system_call_6(long number, const long argument[6]) {
  register long fourth __asm__("r10") = argument[3];
  register long fifth __asm__("r8") = argument[4];
  register long sixth __asm__("r9") = argument[5];
  __asm__ volatile("syscall"
                   : "+a"(number)
                   : "D"(argument[0]), "S"(argument[1]), "d"(argument[2]), "r"(fourth), "r"(fifth), "r"(sixth)
                   : "rcx", "r11", "memory");
  return number;
}

/* A process that does this, on a stack of its own, and ends with what it gives. */
static inline long clone_to(long flags, void *stack_end, int (*run)(void *), void *given) {
  long result = SYS_clone;
  register long thread __asm__("r8") = 0;
  register long child_id __asm__("r10") = 0;
  register int (*callee)(void *) __asm__("r12") = run;
  register void *argument __asm__("r13") = given;
  __asm__ volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xor %%ebp, %%ebp\n\t"
      "mov %%r13, %%rdi\n\t"
      "call *%%r12\n\t"
      "mov %%eax, %%edi\n\t"
      "mov %[exit], %%eax\n\t"
      "syscall\n"
      "1:"
      : "+a"(result)
      : "D"(flags), "S"(stack_end), "d"(0L), "r"(child_id), "r"(thread), "r"(callee),
        "r"(argument), [exit] "i"(SYS_exit_group)
      : "rcx", "r11", "memory");
  return result;
}

#elif defined(__aarch64__)

static inline long system_call_6(long number, const long argument[6]) {
  register long number_place __asm__("x8") = number;
  register long first __asm__("x0") = argument[0];
  register long second __asm__("x1") = argument[1];
  register long third __asm__("x2") = argument[2];
  register long fourth __asm__("x3") = argument[3];
  register long fifth __asm__("x4") = argument[4];
  register long sixth __asm__("x5") = argument[5];
  __asm__ volatile("svc 0"
                   : "+r"(first)
                   : "r"(number_place), "r"(second), "r"(third), "r"(fourth), "r"(fifth), "r"(sixth)
                   : "memory");
  return first;
}

static inline long clone_to(long flags, void *stack_end, int (*run)(void *), void *given) {
  register long number_place __asm__("x8") = SYS_clone;
  register long result __asm__("x0") = flags;
  register void *stack __asm__("x1") = stack_end;
  register long parent_id __asm__("x2") = 0;
  register long thread __asm__("x3") = 0;
  register long child_id __asm__("x4") = 0;
  register int (*callee)(void *) __asm__("x19") = run;
  register void *argument __asm__("x20") = given;
  __asm__ volatile(
      "svc 0\n\t"
      "cbnz x0, 1f\n\t"
      "mov x29, xzr\n\t"
      "mov x0, x20\n\t"
      "blr x19\n\t"
      "mov x8, %[exit]\n\t"
      "svc 0\n"
      "1:"
      : "+r"(result)
      : "r"(number_place), "r"(stack), "r"(parent_id), "r"(thread), "r"(child_id), "r"(callee),
        "r"(argument), [exit] "i"(SYS_exit_group)
      : "memory", "x30");
  return result;
}

#else
#error "there is no launcher for this architecture"
#endif

static inline long system_call(long number, long first, long second, long third, long fourth) {
  return system_call_6(number, (const long[6]){first, second, third, fourth, 0, 0});
}

/* Of what the system gave: 0 or errno. */
static inline int error_of(long result) { return result < 0 ? (int)-result : 0; }

#endif
