#include "child.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "system-call.h"

/* As a shell has it. */
enum { CANNOT_RUN = 127 };

static const char PATH[] = "PATH=";
/* glibc's, where there is no PATH. */
static const char DEFAULT_FOLDERS[] = "/bin:/usr/bin";
static char SHELL[] = "/bin/sh";

/* Of what the system gave: 0 or errno, as all here give it. */
static int error_of(long result) { return result < 0 ? (int)-result : 0; }

/*
 * Signals have their defaults here, since the launcher leaves them so and blocks them instead; what waits for it is not
 * the child's.
 */
static int leave_launcher(const struct child *child) {
  const uint64_t none = 0;
  long result = system_call(SYS_setsid, 0, 0, 0, 0);
  /* For the moment between here and the watcher's knowing the process id; then it ends whole groups. */
  if (result >= 0) result = system_call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0);
  if (result >= 0 && system_call(SYS_getppid, 0, 0, 0, 0) != child->launcher) result = -ESRCH;
  for (int fd = 0; fd < 3 && result >= 0; fd += 1) result = system_call(SYS_dup3, child->fds[fd], fd, 0, 0);
  if (result >= 0) result = system_call(SYS_rt_sigprocmask, SIG_SETMASK, (long)&none, 0, sizeof none);
  return error_of(result);
}

static int execute(const char *file, char **arguments, char **variables) {
  return error_of(system_call(SYS_execve, (long)file, (long)arguments, (long)variables, 0));
}

/* A text that is no program is a script for the shell. */
static int run(const char *file, const struct child *child) {
  int error = execute(file, child->arguments, child->variables);
  if (error != ENOEXEC) return error;
  char *name = child->arguments[0];
  child->arguments[-1] = SHELL;
  child->arguments[0] = (char *)(uintptr_t)file;
  error = execute(SHELL, child->arguments - 1, child->variables);
  child->arguments[0] = name;
  return error;
}

static const char *folders_of(char **variables) {
  for (; *variables != NULL; variables += 1)
    if (strncmp(*variables, PATH, sizeof PATH - 1) == 0) return *variables + sizeof PATH - 1;
  return DEFAULT_FOLDERS;
}

static bool may_be_elsewhere(int error) {
  return error == ENOENT || error == ENOTDIR || error == ESTALE || error == ENODEV || error == ETIMEDOUT;
}

/* In the worker's own PATH, as glibc's execvpe does it, and so Node. */
static int look_for(const char *name, const struct child *child) {
  char file[PATH_MAX];
  size_t name_bytes = strlen(name) + 1;
  int error = ENOENT;
  bool is_forbidden = false;
  for (const char *folder = folders_of(child->variables), *end;; folder = end + 1) {
    end = strchrnul(folder, ':');
    size_t bytes = (size_t)(end - folder);
    if (bytes + 1 + name_bytes <= sizeof file) {
      memcpy(file, folder, bytes);
      file[bytes] = '/';
      /* No folder is the one where it is. */
      memcpy(file + bytes + (bytes > 0), name, name_bytes);
      error = run(file, child);
      if (error == EACCES) is_forbidden = true;
      else if (!may_be_elsewhere(error)) return error;
    }
    if (*end == '\0') return is_forbidden ? EACCES : error;
  }
}

int become_worker(struct child *child) {
  const char *name = child->arguments[0];
  child->error = leave_launcher(child);
  if (child->error != 0) return CANNOT_RUN;
  if (*name == '\0') child->error = ENOENT;
  else if (strchr(name, '/') != NULL) child->error = run(name, child);
  else if (strlen(name) > NAME_MAX) child->error = ENAMETOOLONG;
  else child->error = look_for(name, child);
  return CANNOT_RUN;
}
