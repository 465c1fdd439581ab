#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "system-call.h"

static const char PATH[] = "PATH=";
/* glibc's, where there is no PATH. */
static const char DEFAULT_FOLDERS[] = "/bin:/usr/bin";
static char SHELL[] = "/bin/sh";

/* https://man7.org/linux/man-pages/man5/proc_pid_oom_score_adj.5.html */
static const char PRIORITY_FILE[] = "/proc/self/oom_score_adj";

/*
 * Half of the memory there is: a worker goes before a watcher that has so much more than it. Among workers it is the
 * biggest that goes.
 */
enum { WORKER_PRIORITY = 500, MOST_PRIORITY = 1000 };

static char priority[16];
static long priority_bytes;

void read_priority(void) {
  char text[sizeof priority] = "";
  int fd = open(PRIORITY_FILE, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  ssize_t got = read(fd, text, sizeof text - 1);
  close(fd);
  if (got <= 0) return;
  long own = strtol(text, NULL, 10) + WORKER_PRIORITY;
  priority_bytes = snprintf(priority, sizeof priority, "%ld", own > MOST_PRIORITY ? MOST_PRIORITY : own);
}

/*
 * While a process shares its memory, all that share it have one value: but for who is waited for, as a child of vfork
 * is. Where it cannot be written the worker starts all the same.
 */
static void take_priority(void) {
  long fd = system_call(SYS_openat, AT_FDCWD, (long)PRIORITY_FILE, O_WRONLY | O_CLOEXEC, 0);
  if (fd < 0) return;
  system_call(SYS_write, fd, (long)priority, priority_bytes, 0);
  system_call(SYS_close, fd, 0, 0, 0);
}

/* At the same number it would keep its mark to be closed. */
static long move_fd(int from, int to) {
  if (from == to) return system_call(SYS_fcntl, to, F_SETFD, 0, 0);
  return system_call(SYS_dup3, from, to, 0, 0);
}

/*
 * Signals have their defaults here, since the launcher leaves them so and blocks them instead; what waits for it is not
 * the child's.
 */
static int leave_launcher(const struct child *child) {
  const uint64_t none = 0;
  long result = system_call(SYS_setsid, 0, 0, 0, 0);
  if (result >= 0) result = system_call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0);
  if (result >= 0 && system_call(SYS_getppid, 0, 0, 0, 0) != child->keeper) result = -ESRCH;
  if (result >= 0) take_priority();
  for (int fd = 0; fd < 3 && result >= 0; fd += 1) result = move_fd(child->fds[fd], fd);
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

int become_worker(const struct child *child) {
  const char *name = child->arguments[0];
  int error = leave_launcher(child);
  if (error != 0) return error;
  if (*name == '\0') return ENOENT;
  if (strchr(name, '/') != NULL) return run(name, child);
  return strlen(name) > NAME_MAX ? ENAMETOOLONG : look_for(name, child);
}
