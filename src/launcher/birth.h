/* Workers on their way, several at once, and what keeps each. */
#ifndef BIRTH_H
#define BIRTH_H

#include <stddef.h>
#include <sys/types.h>

#include "keeper.h"

enum { BIRTH_STACK_BYTES = 1 << 14 };

/* Nothing of it may be changed, nor what its child points to, until it is awaited. */
struct birth {
  struct keeper keeper;
  /* Of the keeper. Or below 0: then there is none. */
  pid_t pid;
  struct birth *next;
  /* Of its own, and its worker's until that is another program. */
  char stack[BIRTH_STACK_BYTES] __attribute__((aligned(16)));
  char worker_stack[BIRTH_STACK_BYTES] __attribute__((aligned(16)));
};

/* One at which nothing happens yet; NULL where there is no memory. */
struct birth *take_birth(void);

/* Once its keeper has ended. */
void give_birth_back(struct birth *birth);

/* Begins it; others can be begun at once. */
void begin_birth(struct birth *birth);

/* Gives 0 when the child is another program, or errno; then there is no process any more. */
int await_birth(struct birth *birth);

#endif
