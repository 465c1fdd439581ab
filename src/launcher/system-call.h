/* The system, without the C library's errno: that is one variable for all who share this program's memory. */
#ifndef SYSTEM_CALL_H
#define SYSTEM_CALL_H

/* Gives what the system gives: below 0 it is an errno, negated. */
static inline long system_call(long number, long first, long second, long third, long fourth) {
#if defined(__x86_64__)
  register long fourth_place __asm__("r10") = fourth;
  __asm__ volatile("syscall"
                   : "+a"(number)
                   : "D"(first), "S"(second), "d"(third), "r"(fourth_place)
                   : "rcx", "r11", "memory");
  return number;
#elif defined(__aarch64__)
  register long number_place __asm__("x8") = number;
  register long first_place __asm__("x0") = first;
  register long second_place __asm__("x1") = second;
  register long third_place __asm__("x2") = third;
  register long fourth_place __asm__("x3") = fourth;
  __asm__ volatile("svc 0"
                   : "+r"(first_place)
                   : "r"(number_place), "r"(second_place), "r"(third_place), "r"(fourth_place)
                   : "memory");
  return first_place;
#else
#error "there is no launcher for this architecture"
#endif
}

#endif
