#include "birth.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "system-call.h"

/* A keeper that is killed meanwhile says nothing. */
enum { LOOK_SECONDS = 1 };

static struct birth *spare;

/* Shared also with a real copy of this program, which an emulator makes of it. */
static struct birth *new_birth(void) {
  void *place = mmap(NULL, sizeof(struct birth), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return place == MAP_FAILED ? NULL : place;
}

struct birth *take_birth(void) {
  struct birth *birth = spare;
  if (birth == NULL) birth = new_birth();
  else spare = birth->next;
  if (birth != NULL) memset(birth, 0, offsetof(struct birth, stack));
  return birth;
}

void give_birth_back(struct birth *birth) {
  birth->next = spare;
  spare = birth;
}

static int live(void *given) {
  struct birth *birth = given;
  keep(&birth->keeper, birth->worker_stack + sizeof birth->worker_stack);
  return 0;
}

/*
 * As vfork, but this program goes on: until the worker is another program, which is a third of a short one's life, the
 * next ones can be begun beside it. An emulator has no such clone, and makes a copy of this program.
 */
void begin_birth(struct birth *birth) {
  birth->keeper.launcher = getpid();
  void *stack_end = birth->stack + sizeof birth->stack;
  long pid = clone_to(CLONE_VM | SIGCHLD, stack_end, live, birth);
  if (pid == -EINVAL || pid == -ENOSYS) {
    birth->keeper.is_copy = true;
    pid = clone_to(SIGCHLD, stack_end, live, birth);
  }
  birth->pid = (pid_t)pid;
  if (pid < 0) birth->keeper.error = error_of(pid);
}

static bool has_ended(const struct birth *birth) {
  siginfo_t end = {0};
  return waitid(P_PID, (id_t)birth->pid, &end, WEXITED | WNOHANG | WNOWAIT) == 0 && end.si_pid != 0;
}

/*
 * A pipe for the error would cost a wake-up more for each start. Without one, where an emulator makes a fork of vfork, a
 * program that cannot be run is one that ends with exit code 127.
 */
int await_birth(struct birth *birth) {
  struct keeper *keeper = &birth->keeper;
  if (birth->pid < 0) return keeper->error;
  while (__atomic_load_n(&keeper->has_begun, __ATOMIC_ACQUIRE) == 0) {
    struct timespec time = {LOOK_SECONDS, 0};
    long result = system_call(SYS_futex, (long)&keeper->has_begun, FUTEX_WAIT, 0, (long)&time);
    if (result != -ETIMEDOUT || !has_ended(birth)) continue;
    if (keeper->has_begun == 0) keeper->error = ESRCH;
    break;
  }
  if (keeper->error != 0)
    while (waitpid(birth->pid, NULL, 0) < 0 && errno == EINTR) continue;
  return keeper->error;
}
