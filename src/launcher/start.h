/* The start of workers: several may be on their way at once, each with what keeps it. */
#ifndef START_H
#define START_H

#include <stddef.h>
#include <stdint.h>
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

/*
 * Begins it. The body is for its standard input; it, and the texts, stay where they are until starts are finished. The
 * lists of texts are the start's own from now on; in that of the arguments the first place is free.
 */
void begin_start(uint32_t number, char **arguments, char **variables, const char *body, size_t bytes);

/* Tells of each that was begun that it is there, or why not. */
void finish_starts(void);

#endif
