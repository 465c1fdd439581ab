#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "rules.h"
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
  if (result >= 0) {
    take_priority();
    take_limits();
  }
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

/*
 * Returns only if the worker cannot be started: why, as an errno. Until then it borrows the launcher's memory, beside the
 * launcher and others of its kind: system calls only, and no errno.
 */
static int become_worker(const struct child *child) {
  const char *name = child->arguments[0];
  int error = leave_launcher(child);
  if (error != 0) return error;
  if (*name == '\0') return ENOENT;
  if (strchr(name, '/') != NULL) return run(name, child);
  return strlen(name) > NAME_MAX ? ENAMETOOLONG : look_for(name, child);
}

/* For what does not end at once when it is killed: it waits for a disk, or is another user's. */
enum { END_SECONDS = 10 };

/* Who has begun others meanwhile is looked for again after this. */
enum { ROUND_MS = 20 };

/* As a shell has it. */
enum { CANNOT_RUN = 127 };

/* As the system has it, which is not as the C library has it. */
static uint64_t set_of(int signal) { return 1ULL << (signal - 1); }

/* What a copy's child would write could come before or after it is read: there the exit code tells it alone. */
static int live(void *given) {
  struct keeper *keeper = given;
  int error = become_worker(&keeper->child);
  if (!keeper->is_copy) keeper->error = error;
  return CANNOT_RUN;
}

static struct root own_family(void) { return (struct root){(pid_t)system_call(SYS_getpid, 0, 0, 0, 0), NULL}; }

/* Gives 0 or errno. An emulator knows of no such parents: there a worker is reached with its group alone. */
static int become_keeper(struct keeper *keeper) {
  keeper->is_parent_of_all = system_call(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0) == 0;
  long result = system_call(SYS_prctl, PR_SET_PDEATHSIG, KEEPER_END, 0, 0);
  if (result >= 0 && system_call(SYS_getppid, 0, 0, 0, 0) != keeper->launcher) result = -ESRCH;
  return error_of(result);
}

static void wait_for_worker(const struct keeper *keeper) {
  while (system_call(SYS_wait4, keeper->worker, 0, 0, 0) == -EINTR) continue;
}

static void tell_begun(struct keeper *keeper) {
  __atomic_store_n(&keeper->has_begun, 1, __ATOMIC_RELEASE);
  system_call(SYS_futex, (long)&keeper->has_begun, FUTEX_WAKE, INT_MAX, 0);
}

/* It stands still until its child is another program. */
static void begin(struct keeper *keeper, void *stack_end) {
  keeper->error = become_keeper(keeper);
  keeper->child.keeper = (pid_t)system_call(SYS_getpid, 0, 0, 0, 0);
  if (keeper->error == 0) {
    long pid = clone_to(CLONE_VM | CLONE_VFORK | SIGCHLD, stack_end, live, keeper);
    keeper->worker = (pid_t)pid;
    if (pid < 0) keeper->error = error_of(pid);
    else if (keeper->error != 0) wait_for_worker(keeper);
  }
  /* The ends of pipes that are others': kept here they would hide the end of what comes through them. */
  close_everything();
  tell_begun(keeper);
}

static void note(struct keeper *keeper, pid_t pid, int status, const struct rusage *usage) {
  uint32_t kib = usage->ru_maxrss > 0 ? (uint32_t)usage->ru_maxrss : 0;
  if (kib > keeper->peak_kib) keeper->peak_kib = kib;
  if (pid != keeper->worker) return;
  keeper->status = status;
  __atomic_store_n(&keeper->has_exited, 1, __ATOMIC_RELEASE);
}

/* Gives whether any are left. */
static bool reap(struct keeper *keeper) {
  bool had_exited = keeper->has_exited;
  for (;;) {
    struct rusage usage = {0};
    int status = 0;
    long pid = system_call(SYS_wait4, -1, (long)&status, WNOHANG | __WALL, (long)&usage);
    if (pid == -EINTR) continue;
    if (pid < 0) return false;
    if (pid == 0) break;
    note(keeper, (pid_t)pid, status, &usage);
  }
  /* Else its own end tells it. */
  if (keeper->has_exited && !had_exited && !keeper->ends_with_worker) system_call(SYS_kill, keeper->launcher, SIGCHLD, 0, 0);
  return true;
}

static int64_t now_ms(void) {
  struct timespec time;
  system_call(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&time, 0, 0);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Gives the signal, or 0 when the time is over. */
static int wait_for(uint64_t signals, int64_t ms) {
  struct timespec time = {ms / 1000, ms % 1000 * 1000000};
  for (;;) {
    long signal = system_call(SYS_rt_sigtimedwait, (long)&signals, 0, ms < 0 ? 0 : (long)&time, sizeof signals);
    if (signal != -EINTR) return signal < 0 ? 0 : (int)signal;
  }
}

static bool are_gone_after(struct keeper *keeper, int64_t ms) {
  for (int64_t until_ms = now_ms() + ms;;) {
    if (!reap(keeper)) return true;
    int64_t left_ms = until_ms - now_ms();
    if (left_ms <= 0 || wait_for(set_of(SIGCHLD), left_ms) == 0) return !reap(keeper);
  }
}

static void end_all(struct keeper *keeper) {
  if (!reap(keeper)) return;
  if (keeper->has_exited) describe_family(own_family(), &keeper->left);
  for (int64_t until_ms = now_ms() + END_SECONDS * 1000; now_ms() < until_ms;) {
    keeper->stuck_count = (uint32_t)kill_family(own_family());
    if (are_gone_after(keeper, ROUND_MS)) {
      keeper->stuck_count = 0;
      return;
    }
  }
}

static void keep_on(struct keeper *keeper) {
  const uint64_t signals = set_of(SIGCHLD) | set_of(KEEPER_TELL) | set_of(KEEPER_END);
  while (reap(keeper)) {
    bool is_to_end = keeper->has_exited && keeper->ends_with_worker;
    int signal = is_to_end ? KEEPER_END : wait_for(signals, -1);
    if (signal == KEEPER_TELL) tell_family(own_family(), keeper->worker, telling_signal());
    if (signal == KEEPER_END) {
      end_all(keeper);
      return;
    }
  }
}

void keep(struct keeper *keeper, void *stack_end) {
  begin(keeper, stack_end);
  if (keeper->error != 0) return;
  keep_on(keeper);
  /* It could not be ended: it is another user's, or waits for a disk. Whoever waits for it must not take it for done. */
  if (!keeper->has_exited) {
    keeper->status = SIGKILL;
    __atomic_store_n(&keeper->has_exited, 1, __ATOMIC_RELEASE);
  }
  if (!keeper->is_parent_of_all) system_call(SYS_kill, -keeper->worker, SIGKILL, 0, 0);
}
