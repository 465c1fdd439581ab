#include "birth.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int live(void *child) { return become_worker(child); }

/* Where an emulator has no such clone: one after the other. */
static pid_t fork_by_turns(struct birth *birth) {
  birth->is_borrowing = 0;
  pid_t pid = vfork();
  if (pid == 0) _exit(become_worker(&birth->child));
  return pid;
}

/*
 * As vfork, but this program goes on: until the child is another program, which is a third of a short worker's life, the
 * next ones can be begun beside it.
 */
void begin_birth(struct birth *birth) {
  const int flags = CLONE_VM | CLONE_CHILD_CLEARTID | SIGCHLD;
  birth->child.launcher = getpid();
  birth->child.error = 0;
  birth->is_borrowing = 1;
  birth->pid = clone(live, birth->stack + sizeof birth->stack, flags, &birth->child, NULL, NULL, &birth->is_borrowing);
  if (birth->pid < 0 && (errno == EINVAL || errno == ENOSYS)) birth->pid = fork_by_turns(birth);
  if (birth->pid < 0) birth->child.error = errno;
}

/*
 * A pipe for the error would cost a wake-up more for each start. Without one, where an emulator makes a fork of vfork, a
 * program that cannot be run is one that ends with exit code 127.
 */
int await_birth(struct birth *birth) {
  if (birth->pid < 0) return birth->child.error;
  while (__atomic_load_n(&birth->is_borrowing, __ATOMIC_ACQUIRE) != 0)
    syscall(SYS_futex, &birth->is_borrowing, FUTEX_WAIT, 1, NULL, NULL, 0);
  if (birth->child.error != 0)
    while (waitpid(birth->pid, NULL, 0) < 0 && errno == EINTR) continue;
  return birth->child.error;
}
