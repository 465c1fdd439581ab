/*
 * The parent of one worker, and of all that its worker started and left: Linux gives such processes to it, and to nobody
 * else. It lives as long as any of them. It borrows the launcher's memory for its whole life, beside the launcher and
 * others of its kind: system calls only, and no errno.
 *
 * SIGTERM   tells all of them to end, by the signal of rules.h
 * SIGUSR1   ends all of them; it is sent by the system when the launcher has ended
 */
#ifndef KEEPER_H
#define KEEPER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "family.h"

enum { KEEPER_TELL = SIGTERM, KEEPER_END = SIGUSR1 };

/* What the worker's process is to become. */
struct child {
  /* Before the first there is one free place. */
  char **arguments;
  char **variables;
  /* Its standard input and outputs. */
  int fds[3];
  pid_t keeper;
};

struct keeper {
  struct child child;
  /* Why the child cannot be another program: an errno. */
  int error;
  /* It has a memory of its own, as an emulator makes it, and so has its child, which goes on beside it. */
  bool is_copy;
  /* Whose child it is. */
  pid_t launcher;
  /* What the worker leaves is ended at once; else it is when that is asked for. */
  bool ends_with_worker;
  pid_t worker;
  /* Orphans come to it. */
  bool is_parent_of_all;
  /* The worker is another program, or could not be. Waited for. */
  uint32_t has_begun;

  /* What is to be known of the worker, once it has ended. */
  uint32_t has_exited;
  /* As wait gives it. */
  int status;
  /* The most that any process of it held at once, in KiB. */
  uint32_t peak_kib;
  /* What was still there when the worker had ended, and was ended then. */
  struct family_text left;
  /* How many could not be ended. */
  uint32_t stuck_count;
};

/* Reads by how much workers are to be ended before this program where memory runs out. To be called once, at first. */
void read_priority(void);

/* Starts the worker, on that stack, and keeps it; returns when nothing of it is there any more. */
void keep(struct keeper *keeper, void *stack_end);

#endif
