/*
 * All processes below one: what a job started, whichever group or session it is in now. Whoever calls this may share its
 * memory with others: system calls only, and no errno.
 */
#ifndef FAMILY_H
#define FAMILY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Names of programs, with ", " between them. */
enum { FAMILY_NAMES_BYTES = 160 };

struct family_text {
  uint32_t count;
  char names[FAMILY_NAMES_BYTES];
};

struct root {
  pid_t pid;
  /* Children of it that are not meant, with all below them; NULL where all are. */
  bool (*is_apart)(pid_t);
};

/*
 * Tells each of them once; the leader's group as one, so that none of it begins another unseen. One that is stopped goes
 * on, so that it learns of it.
 */
void tell_family(struct root root, pid_t leader, int signal);

/* SIGKILL for each. Stopped before it, so that none begins another meanwhile. Gives how many were there. */
size_t kill_family(struct root root);

void describe_family(struct root root, struct family_text *text);

/* Closes all that this process has open. */
void close_everything(void);

#endif
