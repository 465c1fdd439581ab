/* A worker's process, from its beginning to its being another program. */
#ifndef CHILD_H
#define CHILD_H

#include <sys/types.h>

struct child {
  /* Before the first there is one free place. */
  char **arguments;
  char **variables;
  /* Its standard input and outputs. */
  int fds[3];
  pid_t keeper;
};

/* Reads by how much workers are to be ended before this program where memory runs out. To be called once, at first. */
void read_priority(void);

/*
 * Returns only where it cannot be done: why, as an errno. Until then it borrows the launcher's memory, beside the launcher
 * and others of its kind: system calls only, and no errno.
 */
int become_worker(const struct child *child);

#endif
