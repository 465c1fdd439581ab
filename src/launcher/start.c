#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "buffer.h"
#include "events.h"
#include "jobs.h"
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
static void begin_birth(struct birth *birth) {
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
static int await_birth(struct birth *birth) {
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

/* The smallest pipe takes this much at once. */
enum { SURE_PIPE_BYTES = 4096 };

enum { READ = 0, WRITE = 1 };

enum { IN, OUT, ERR, PIPES };

/* As many as one call of SQS brings. */
enum { MOST_STARTS = 10 };

struct start {
  struct birth *birth;
  /* The lists of texts. */
  char **arguments, **variables;
  uint32_t number;
  int pipes[PIPES][2];
  /* What is left of the body. */
  const char *rest;
  size_t rest_bytes;
};

static struct start starts[MOST_STARTS];
static size_t start_count;

static void close_pipes(int pipes[PIPES][2]) {
  for (int index = 0; index < PIPES; index += 1) {
    close_fd(&pipes[index][READ]);
    close_fd(&pipes[index][WRITE]);
  }
}

/* Without anything to read it is no pipe, since some programs take one for a sign that there is. Gives 0 or -1. */
static int open_empty_input(int pipe[2]) {
  pipe[READ] = open("/dev/null", O_RDONLY | O_CLOEXEC);
  return pipe[READ] < 0 ? -1 : 0;
}

/* Gives 0 or errno. */
static int open_pipes(int pipes[PIPES][2], bool has_input) {
  for (int index = 0; index < PIPES; index += 1) {
    bool is_empty = index == IN && !has_input;
    if ((is_empty ? open_empty_input(pipes[IN]) : pipe2(pipes[index], O_CLOEXEC)) == 0) continue;
    int error = errno;
    close_pipes(pipes);
    return error;
  }
  return 0;
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

static void fail(struct start *start, int error) {
  close_pipes(start->pipes);
  if (start->birth != NULL) give_birth_back(start->birth);
  tell_number(FAILED, start->number, (uint32_t)error);
}

static void succeed(struct start *start) {
  struct job *job = add_job(start->number, start->birth);
  keep_ends(job, start->pipes);
  if (job->input >= 0) keep_body(job, start->rest, start->rest_bytes);
  tell_number(STARTED, start->number, (uint32_t)start->birth->pid);
}

static void finish_start(struct start *start, int error) {
  if (error == 0) succeed(start);
  else fail(start, error);
  free(start->arguments);
  free(start->variables);
}

void finish_starts(void) {
  for (size_t index = 0; index < start_count; index += 1)
    finish_start(&starts[index], await_birth(starts[index].birth));
  start_count = 0;
}

/* They are the child's from its birth on. Kept here, too, they would hide the end of its output. */
static void close_far_ends(int pipes[PIPES][2]) {
  close_fd(&pipes[IN][READ]);
  close_fd(&pipes[OUT][WRITE]);
  close_fd(&pipes[ERR][WRITE]);
}

void begin_start(uint32_t number, char **arguments, char **variables, const char *body, size_t bytes) {
  if (start_count == MOST_STARTS) finish_starts();
  struct start *start = &starts[start_count];
  *start = (struct start){.birth = take_birth(), .number = number, .arguments = arguments, .variables = variables};
  memset(start->pipes, -1, sizeof start->pipes);
  int error = start->birth == NULL ? ENOMEM : open_pipes(start->pipes, bytes > 0);
  if (error != 0) {
    finish_start(start, error);
    return;
  }
  size_t written = fill(start->pipes[IN][WRITE], body, bytes);
  if (written == bytes) close_fd(&start->pipes[IN][WRITE]);
  start->rest = body + written;
  start->rest_bytes = bytes - written;
  struct child *child = &start->birth->keeper.child;
  child->arguments = arguments + 1;
  child->variables = variables;
  for (int index = 0; index < PIPES; index += 1) child->fds[index] = start->pipes[index][index == IN ? READ : WRITE];
  begin_birth(start->birth);
  close_far_ends(start->pipes);
  start_count += 1;
}
