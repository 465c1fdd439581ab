/*
 * Starts workers for the watcher, and relays what they write.
 *
 * Starting a process costs time in proportion to the process that starts it: Node is a big one, this is a small one.
 * The watcher starts it once. Requests come on standard input, events go to standard output; each is a frame:
 *
 *   u32 length of what follows, u8 kind, u32 job, rest        (numbers are little-endian)
 *
 * Requests   START   u32 arguments, u32 variables, each of them as (u32 length, bytes, NUL); then standard input's bytes
 *            SIGNAL  u8 signal, to the job's process group
 *            CLOSE   both outputs are closed, whoever still holds them
 *            CREDIT  u8 stream, u32 bytes: the watcher has used so many, and so many more may be sent
 * Events     HELLO   u32 version
 *            STARTED u32 process id
 *            FAILED  u32 errno
 *            OUTPUT  u8 stream (1 or 2), bytes
 *            CLOSED  u8 stream
 *            EXITED  u32 how (0: exit code, 1: signal), u32 code or signal
 *
 * src/watcher/worker/launcher/protocol.ts is the other end. Nothing in a message is ever a name or a command here.
 *
 * When standard input ends, the watcher is gone: every worker is killed with its group, and so ends this program.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "numbers in frames are little-endian"
#endif

enum { VERSION = 1 };
enum request { START = 1, SIGNAL, CLOSE, CREDIT };
enum event { HELLO = 1, STARTED, FAILED, OUTPUT, CLOSED, EXITED };

enum {
  /* Of length, kind and job. */
  HEADER_BYTES = 9,
  /* A message has at most 1 MiB, arguments and environment together at most 6 MiB: the kernel takes no more. */
  MOST_FRAME_BYTES = 16 << 20,
  MOST_OUTPUT_BYTES = 1 << 16,
  /* What a stream may send before the watcher has used any of it. */
  WINDOW_BYTES = 1 << 17,
  /* While more than this waits to be sent, no output is read. */
  MOST_WAITING_BYTES = 1 << 18,
  /* The smallest pipe takes this much at once. */
  SURE_PIPE_BYTES = 4096,
  /* Events wait so long for others, up to so many bytes: most workers then cost the watcher one wake-up, not three. */
  LINGER_MS = 4,
  MOST_LINGERING_BYTES = 1 << 15,
};

/* How this program itself fails: the watcher sees it end. */
enum { BAD_FRAME = 2, NO_MEMORY = 3, NO_SYSTEM = 4 };

struct buffer {
  char *data;
  size_t begin, end, capacity;
};

struct stream {
  int fd;
  uint32_t window;
};

struct job {
  struct job *next;
  uint32_t number;
  pid_t pid;
  bool has_exited;
  struct stream outputs[2];
  int input;
  char *body;
  size_t body_bytes, body_written;
};

static struct job *jobs;
static size_t job_count;
static struct buffer requests, events;
/* When the first of the waiting events came; a job's end waits for nothing. */
static int64_t waiting_since_ms;
static bool is_urgent;
static int signals;
static pid_t own_pid;

/* ---- buffers ---- */

static void *checked(void *memory) {
  if (memory == NULL) _exit(NO_MEMORY);
  return memory;
}

/* Room for so many bytes at the end. */
static char *reserve(struct buffer *buffer, size_t bytes) {
  if (buffer->begin == buffer->end) buffer->begin = buffer->end = 0;
  if (buffer->capacity - buffer->end < bytes && buffer->begin > 0) {
    memmove(buffer->data, buffer->data + buffer->begin, buffer->end - buffer->begin);
    buffer->end -= buffer->begin;
    buffer->begin = 0;
  }
  if (buffer->capacity - buffer->end < bytes) {
    buffer->capacity = (buffer->end + bytes) * 2;
    buffer->data = checked(realloc(buffer->data, buffer->capacity));
  }
  return buffer->data + buffer->end;
}

static uint32_t number_at(const char *data) {
  uint32_t number;
  memcpy(&number, data, sizeof number);
  return number;
}

static void put_number(char *data, uint32_t number) { memcpy(data, &number, sizeof number); }

static size_t waiting_bytes(void) { return events.end - events.begin; }

static int64_t now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* ---- events ---- */

/* Writes the head of a frame whose rest is already in its place, or will be. */
static void put_head(char *frame, enum event kind, uint32_t job, size_t rest_bytes) {
  if (waiting_bytes() == 0) waiting_since_ms = now_ms();
  if (kind == EXITED || kind == FAILED || kind == HELLO) is_urgent = true;
  put_number(frame, (uint32_t)(HEADER_BYTES - 4 + rest_bytes));
  frame[4] = (char)kind;
  put_number(frame + 5, job);
  events.end += HEADER_BYTES + rest_bytes;
}

static void tell_number(enum event kind, uint32_t job, uint32_t number) {
  char *frame = reserve(&events, HEADER_BYTES + 4);
  put_number(frame + HEADER_BYTES, number);
  put_head(frame, kind, job, 4);
}

static void tell_exit(uint32_t job, bool is_signal, int status) {
  char *frame = reserve(&events, HEADER_BYTES + 8);
  put_number(frame + HEADER_BYTES, is_signal);
  put_number(frame + HEADER_BYTES + 4, (uint32_t)status);
  put_head(frame, EXITED, job, 8);
}

static void tell_closed(uint32_t job, int stream) {
  char *frame = reserve(&events, HEADER_BYTES + 1);
  frame[HEADER_BYTES] = (char)stream;
  put_head(frame, CLOSED, job, 1);
}

/* The watcher is gone: nobody will take what is still written, and the messages come again by themselves. */
static void end_all(void) {
  for (struct job *job = jobs; job != NULL; job = job->next) kill(-job->pid, SIGKILL);
  _exit(0);
}

/* How long the waiting events may wait still; -1 where there are none. */
static int linger_ms(void) {
  if (waiting_bytes() == 0) return -1;
  int64_t left_ms = waiting_since_ms + LINGER_MS - now_ms();
  return is_urgent || waiting_bytes() > MOST_LINGERING_BYTES || left_ms < 0 ? 0 : (int)left_ms;
}

static void send_events(void) {
  while (waiting_bytes() > 0) {
    ssize_t sent = write(STDOUT_FILENO, events.data + events.begin, waiting_bytes());
    if (sent < 0) {
      if (errno == EAGAIN) return;
      if (errno == EINTR) continue;
      end_all();
    }
    events.begin += (size_t)sent;
  }
  is_urgent = false;
}

/* ---- the life of a job ---- */

static void close_fd(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

static struct job *find_job(uint32_t number) {
  for (struct job *job = jobs; job != NULL; job = job->next)
    if (job->number == number) return job;
  return NULL;
}

/* What is left of the body, once the worker takes more. A worker need not read it. */
static void feed(struct job *job) {
  ssize_t written = write(job->input, job->body + job->body_written, job->body_bytes - job->body_written);
  if (written < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (written > 0) job->body_written += (size_t)written;
  if (written >= 0 && job->body_written < job->body_bytes) return;
  close_fd(&job->input);
  free(job->body);
  job->body = NULL;
}

static void relay(struct job *job, int index) {
  struct stream *stream = &job->outputs[index];
  size_t most = stream->window < MOST_OUTPUT_BYTES ? stream->window : MOST_OUTPUT_BYTES;
  char *frame = reserve(&events, HEADER_BYTES + 1 + most);
  ssize_t got = read(stream->fd, frame + HEADER_BYTES + 1, most);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    close_fd(&stream->fd);
    tell_closed(job->number, index + 1);
    return;
  }
  stream->window -= (uint32_t)got;
  frame[HEADER_BYTES] = (char)(index + 1);
  put_head(frame, OUTPUT, job->number, 1 + (size_t)got);
}

/*
 * Looks which workers have ended. They are not yet waited for: until nothing more is to be done with its group, a
 * worker's process id must not become another's.
 */
static void see_exits(void) {
  struct signalfd_siginfo info;
  while (read(signals, &info, sizeof info) > 0) continue;
  for (struct job *job = jobs; job != NULL; job = job->next) {
    siginfo_t end = {0};
    if (job->has_exited || waitid(P_PID, (id_t)job->pid, &end, WEXITED | WNOHANG | WNOWAIT) != 0) continue;
    if (end.si_pid == 0) continue;
    job->has_exited = true;
    tell_exit(job->number, end.si_code != CLD_EXITED, end.si_status);
  }
}

/* Ends jobs that have ended and whose output is closed, and what they left behind in their group. */
static void finish_jobs(void) {
  for (struct job **place = &jobs; *place != NULL;) {
    struct job *job = *place;
    if (!job->has_exited || job->outputs[0].fd >= 0 || job->outputs[1].fd >= 0) {
      place = &job->next;
      continue;
    }
    kill(-job->pid, SIGKILL);
    while (waitpid(job->pid, NULL, 0) < 0 && errno == EINTR) continue;
    close_fd(&job->input);
    free(job->body);
    *place = job->next;
    job_count -= 1;
    free(job);
  }
}

/* ---- start ---- */

enum { READ = 0, WRITE = 1 };

static void close_pipes(int pipes[3][2]) {
  for (int index = 0; index < 3; index += 1) {
    close_fd(&pipes[index][READ]);
    close_fd(&pipes[index][WRITE]);
  }
}

static int open_pipes(int pipes[3][2]) {
  for (int index = 0; index < 3; index += 1) {
    if (pipe2(pipes[index], O_CLOEXEC) == 0) continue;
    int error = errno;
    close_pipes(pipes);
    return error;
  }
  return 0;
}

/*
 * In the child, which borrows this program's memory until it is another program: system calls only.
 * Signals have their defaults here, since this program leaves them so and blocks them instead; what waits for it is not
 * the child's.
 */
__attribute__((noinline)) static int become_worker(char *const *arguments, int pipes[3][2]) {
  sigset_t none;
  sigemptyset(&none);
  if (setsid() < 0) return errno;
  /* For the moment between here and the watcher's knowing the process id; then it ends whole groups. */
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
  if (getppid() != own_pid) return ESRCH;
  if (dup2(pipes[0][READ], STDIN_FILENO) < 0 || dup2(pipes[1][WRITE], STDOUT_FILENO) < 0 ||
      dup2(pipes[2][WRITE], STDERR_FILENO) < 0)
    return errno;
  if (sigprocmask(SIG_SETMASK, &none, NULL) != 0) return errno;
  execvp(arguments[0], arguments);
  return errno;
}

/* Gives 0 or errno. The program is looked for in the worker's own PATH, as Node does it. */
static int start_process(pid_t *pid, char *const *arguments, char **variables, int pipes[3][2]) {
  volatile int error = 0;
  char **own_variables = environ;
  environ = variables;
  pid_t child = vfork();
  if (child == 0) {
    error = become_worker(arguments, pipes);
    _exit(127);
  }
  int fork_error = errno;
  environ = own_variables;
  if (child < 0) return fork_error;
  if (error != 0) {
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
    return error;
  }
  *pid = child;
  return 0;
}

/* Puts the body, or the beginning of a long one, into the pipe; the worker's end is still open here. */
static size_t fill(int fd, const char *body, size_t bytes) {
  if (bytes > SURE_PIPE_BYTES) fcntl(fd, F_SETFL, O_NONBLOCK);
  ssize_t written = bytes == 0 ? 0 : write(fd, body, bytes);
  return written < 0 ? 0 : (size_t)written;
}

static void add_job(uint32_t number, pid_t pid, int pipes[3][2]) {
  struct job *job = checked(calloc(1, sizeof *job));
  job->number = number;
  job->pid = pid;
  for (int index = 0; index < 2; index += 1) {
    job->outputs[index] = (struct stream){pipes[index + 1][READ], WINDOW_BYTES};
    pipes[index + 1][READ] = -1;
  }
  job->input = pipes[0][WRITE];
  pipes[0][WRITE] = -1;
  job->next = jobs;
  jobs = job;
  job_count += 1;
}

static void start_job(uint32_t number, char *const *arguments, char **variables, const char *body, size_t bytes) {
  int pipes[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
  pid_t pid = 0;
  int error = open_pipes(pipes);
  size_t written = 0;
  if (error == 0) {
    written = fill(pipes[0][WRITE], body, bytes);
    if (written == bytes) close_fd(&pipes[0][WRITE]);
    error = start_process(&pid, arguments, variables, pipes);
  }
  if (error != 0) {
    close_pipes(pipes);
    tell_number(FAILED, number, (uint32_t)error);
    return;
  }
  add_job(number, pid, pipes);
  close_pipes(pipes);
  if (jobs->input >= 0) {
    jobs->body_bytes = bytes - written;
    jobs->body = checked(malloc(jobs->body_bytes));
    memcpy(jobs->body, body + written, jobs->body_bytes);
  }
  tell_number(STARTED, number, (uint32_t)pid);
}

/* ---- requests ---- */

/* What is left of a frame. */
struct reader {
  char *at;
  size_t left;
};

static char *take(struct reader *reader, size_t bytes) {
  if (reader->left < bytes) _exit(BAD_FRAME);
  char *taken = reader->at;
  reader->at += bytes;
  reader->left -= bytes;
  return taken;
}

static uint32_t take_number(struct reader *reader) { return number_at(take(reader, 4)); }

/* Texts are used where they stand: each has a NUL behind it, and none in it. */
static char **take_texts(struct reader *reader, uint32_t count) {
  if (count > reader->left / 5) _exit(BAD_FRAME);
  char **texts = checked(calloc((size_t)count + 1, sizeof *texts));
  for (uint32_t index = 0; index < count; index += 1) {
    size_t bytes = take_number(reader);
    texts[index] = take(reader, bytes + 1);
    if (memchr(texts[index], '\0', bytes + 1) != texts[index] + bytes) _exit(BAD_FRAME);
  }
  return texts;
}

static void take_start(uint32_t number, struct reader *reader) {
  uint32_t argument_count = take_number(reader);
  uint32_t variable_count = take_number(reader);
  if (argument_count == 0) _exit(BAD_FRAME);
  char **arguments = take_texts(reader, argument_count);
  char **variables = take_texts(reader, variable_count);
  start_job(number, arguments, variables, reader->at, reader->left);
  free(arguments);
  free(variables);
}

static struct stream *take_stream(struct job *job, struct reader *reader) {
  char stream = *take(reader, 1);
  if (stream != 1 && stream != 2) _exit(BAD_FRAME);
  return &job->outputs[stream - 1];
}

static void handle(enum request kind, uint32_t number, struct reader reader) {
  if (kind == START) return take_start(number, &reader);
  /* It may just have ended. */
  struct job *job = find_job(number);
  if (job == NULL) return;
  if (kind == SIGNAL) {
    kill(-job->pid, *take(&reader, 1));
  } else if (kind == CLOSE) {
    close_fd(&job->outputs[0].fd);
    close_fd(&job->outputs[1].fd);
  } else if (kind == CREDIT) {
    struct stream *stream = take_stream(job, &reader);
    stream->window += take_number(&reader);
  } else {
    _exit(BAD_FRAME);
  }
}

static void take_requests(void) {
  char *space = reserve(&requests, MOST_OUTPUT_BYTES);
  ssize_t got = read(STDIN_FILENO, space, requests.capacity - requests.end);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) end_all();
  requests.end += (size_t)got;
  while (requests.end - requests.begin >= HEADER_BYTES) {
    char *frame = requests.data + requests.begin;
    size_t bytes = 4 + (size_t)number_at(frame);
    if (bytes < HEADER_BYTES || bytes > MOST_FRAME_BYTES) _exit(BAD_FRAME);
    if (requests.end - requests.begin < bytes) return;
    handle((enum request)frame[4], number_at(frame + 5), (struct reader){frame + HEADER_BYTES, bytes - HEADER_BYTES});
    requests.begin += bytes;
  }
}

/* ---- the loop ---- */

enum { CHANNEL_IN, CHANNEL_OUT, SIGNALS, FIRST_OF_JOBS };

/* Three for each job: its standard input, and its outputs. One that must wait is -1, which the system leaves out. */
static void watch_job(const struct job *job, struct pollfd *fds) {
  fds[0] = (struct pollfd){job->input, POLLOUT, 0};
  for (int index = 0; index < 2; index += 1) {
    bool may_send = job->outputs[index].window > 0 && waiting_bytes() < MOST_WAITING_BYTES;
    fds[index + 1] = (struct pollfd){may_send ? job->outputs[index].fd : -1, POLLIN, 0};
  }
}

static void serve_job(struct job *job, const struct pollfd *fds) {
  if (fds[0].revents != 0) feed(job);
  if (fds[1].revents != 0) relay(job, 0);
  if (fds[2].revents != 0) relay(job, 1);
}

static void turn(struct pollfd *fds) {
  fds[CHANNEL_IN] = (struct pollfd){STDIN_FILENO, POLLIN, 0};
  /* What should have gone and could not, since the watcher is busy. */
  int wait_ms = linger_ms();
  bool is_stuck = wait_ms == 0;
  fds[CHANNEL_OUT] = (struct pollfd){is_stuck ? STDOUT_FILENO : -1, POLLOUT, 0};
  fds[SIGNALS] = (struct pollfd){signals, POLLIN, 0};
  struct pollfd *of_job = fds + FIRST_OF_JOBS;
  for (struct job *job = jobs; job != NULL; job = job->next, of_job += 3) watch_job(job, of_job);
  if (poll(fds, FIRST_OF_JOBS + 3 * job_count, is_stuck ? -1 : wait_ms) < 0) {
    if (errno == EINTR) return;
    _exit(NO_SYSTEM);
  }
  /* Jobs before requests, which may begin and end them. */
  of_job = fds + FIRST_OF_JOBS;
  for (struct job *job = jobs; job != NULL; job = job->next, of_job += 3) serve_job(job, of_job);
  if (fds[SIGNALS].revents != 0) see_exits();
  if (fds[CHANNEL_IN].revents != 0) take_requests();
  finish_jobs();
  if (linger_ms() == 0) send_events();
}

int main(void) {
  sigset_t all, child;
  sigfillset(&all);
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  own_pid = getpid();
  signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  /* It is told to end by the end of its input: a signal to all processes of a container is for the watcher to heed. */
  if (signals < 0 || sigprocmask(SIG_SETMASK, &all, NULL) != 0) return NO_SYSTEM;
  if (fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK) != 0) return NO_SYSTEM;
  tell_number(HELLO, 0, VERSION);
  send_events();
  struct pollfd *fds = NULL;
  size_t room = 0;
  for (;;) {
    if (fds == NULL || room < job_count) {
      room = (job_count + 8) * 2;
      fds = checked(realloc(fds, (FIRST_OF_JOBS + 3 * room) * sizeof *fds));
    }
    turn(fds);
  }
}
