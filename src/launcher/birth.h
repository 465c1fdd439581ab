/* Processes on their way, several at once. */
#ifndef BIRTH_H
#define BIRTH_H

#include <stddef.h>
#include <sys/types.h>

#include "child.h"

enum { BIRTH_STACK_BYTES = 1 << 15 };

/* Nothing of it may be changed, nor what its child points to, until it is awaited. */
struct birth {
  struct child child;
  /* Or below 0: then there is none. */
  pid_t pid;
  /* The system makes it 0 when the child needs this program's memory no longer. */
  int is_borrowing;
  char stack[BIRTH_STACK_BYTES] __attribute__((aligned(16)));
};

/* Begins it; others can be begun at once. */
void begin_birth(struct birth *birth);

/* Gives 0 when the child is another program, or errno; then there is no process any more. */
int await_birth(struct birth *birth);

#endif
