#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buffer.h"
#include "events.h"
#include "jobs.h"

/* The smallest pipe takes this much at once. */
enum { SURE_PIPE_BYTES = 4096 };

enum { READ = 0, WRITE = 1 };

enum { IN, OUT, ERR, PIPES };

static void close_pipes(int pipes[PIPES][2]) {
  for (int index = 0; index < PIPES; index += 1) {
    close_fd(&pipes[index][READ]);
    close_fd(&pipes[index][WRITE]);
  }
}

/* Gives 0 or errno. */
static int open_pipes(int pipes[PIPES][2]) {
  for (int index = 0; index < PIPES; index += 1) {
    if (pipe2(pipes[index], O_CLOEXEC) == 0) continue;
    int error = errno;
    close_pipes(pipes);
    return error;
  }
  return 0;
}

/*
 * In the child, which borrows this program's memory until it is another program: system calls only. Gives errno.
 * Signals have their defaults here, since this program leaves them so and blocks them instead; what waits for it is not
 * the child's.
 */
__attribute__((noinline)) static int become_worker(pid_t launcher, char *const *arguments, int pipes[PIPES][2]) {
  sigset_t none;
  sigemptyset(&none);
  if (setsid() < 0) return errno;
  /* For the moment between here and the watcher's knowing the process id; then it ends whole groups. */
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
  if (getppid() != launcher) return ESRCH;
  if (dup2(pipes[IN][READ], STDIN_FILENO) < 0) return errno;
  if (dup2(pipes[OUT][WRITE], STDOUT_FILENO) < 0) return errno;
  if (dup2(pipes[ERR][WRITE], STDERR_FILENO) < 0) return errno;
  if (sigprocmask(SIG_SETMASK, &none, NULL) != 0) return errno;
  execvp(arguments[0], arguments);
  return errno;
}

/*
 * Gives 0 or errno. The program is looked for in the worker's own PATH, as Node does it. A pipe for the error would cost
 * a wake-up more for each start. Without one, where an emulator makes a fork of vfork, a program that cannot be run is
 * one that ends with exit code 127.
 */
static int start_process(pid_t *pid, char *const *arguments, char **variables, int pipes[PIPES][2]) {
  volatile int error = 0;
  pid_t launcher = getpid();
  char **own_variables = environ;
  environ = variables;
  pid_t child = vfork();
  if (child == 0) {
    error = become_worker(launcher, arguments, pipes);
    _exit(127);
  }
  int fork_error = errno;
  environ = own_variables;
  if (child < 0) return fork_error;
  if (error != 0)
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
  *pid = child;
  return error;
}

/* Puts the body, or the beginning of a long one, into the pipe; the worker's end is still open here. */
static size_t fill(int fd, const char *body, size_t bytes) {
  if (bytes > SURE_PIPE_BYTES) fcntl(fd, F_SETFL, O_NONBLOCK);
  ssize_t written = bytes == 0 ? 0 : write(fd, body, bytes);
  return written < 0 ? 0 : (size_t)written;
}

static int taken(int *fd) {
  int value = *fd;
  *fd = -1;
  return value;
}

static void keep_ends(struct job *job, int pipes[PIPES][2]) {
  for (int index = 0; index < 2; index += 1) {
    int output = taken(&pipes[OUT + index][READ]);
    /* A worker can open its own output for reading, and take what was there a moment ago. */
    fcntl(output, F_SETFL, O_NONBLOCK);
    job->outputs[index] = (struct stream){output, WINDOW_BYTES};
  }
  job->input = taken(&pipes[IN][WRITE]);
}

static void keep_body(struct job *job, const char *rest, size_t bytes) {
  job->body_bytes = bytes;
  job->body = checked(malloc(bytes));
  memcpy(job->body, rest, bytes);
}

void start_job(uint32_t number, char *const *arguments, char **variables, const char *body, size_t bytes) {
  int pipes[PIPES][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
  pid_t pid = 0;
  int error = open_pipes(pipes);
  size_t written = 0;
  if (error == 0) {
    written = fill(pipes[IN][WRITE], body, bytes);
    if (written == bytes) close_fd(&pipes[IN][WRITE]);
    error = start_process(&pid, arguments, variables, pipes);
  }
  if (error != 0) {
    close_pipes(pipes);
    tell_number(FAILED, number, (uint32_t)error);
    return;
  }
  struct job *job = add_job(number, pid);
  keep_ends(job, pipes);
  close_pipes(pipes);
  if (job->input >= 0) keep_body(job, body + written, bytes - written);
  tell_number(STARTED, number, (uint32_t)pid);
}
