#include "keep-one.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buffer.h"
#include "protocol.h"
#include "rules.h"
#include "start.h"

static const char KEEP[] = "keep";

/* As a shell has them. */
enum { CANNOT_RUN = 126, NOT_FOUND = 127, BY_SIGNAL = 128 };

bool is_to_keep_one(int argument_count, char **arguments) {
  return argument_count > 3 && strcmp(arguments[1], KEEP) == 0;
}

/* So that who waits for it learns the same. */
static int end_by(int signal_number) {
  sigset_t just;
  signal(signal_number, SIG_DFL);
  sigemptyset(&just);
  sigaddset(&just, signal_number);
  kill(getpid(), signal_number);
  sigprocmask(SIG_UNBLOCK, &just, NULL);
  return BY_SIGNAL + signal_number;
}

int keep_one(char **arguments) {
  struct birth *birth = checked(take_birth());
  struct keeper *keeper = &birth->keeper;
  sigset_t all;
  sigfillset(&all);
  if (sigprocmask(SIG_SETMASK, &all, NULL) != 0) return NO_SYSTEM;
  read_rules(arguments[2]);
  keeper->launcher = getppid();
  keeper->ends_with_worker = true;
  /* That of the rules is the free place before the first. */
  keeper->child = (struct child){.arguments = arguments + 3, .variables = environ, .fds = {0, 1, 2}};
  keep(keeper, birth->worker_stack + sizeof birth->worker_stack);
  int error = keeper->error;
  if (error != 0) return error == ENOENT ? NOT_FOUND : CANNOT_RUN;
  return WIFEXITED(keeper->status) ? WEXITSTATUS(keeper->status) : end_by(WTERMSIG(keeper->status));
}
