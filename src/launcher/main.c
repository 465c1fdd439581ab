/*
 * Starts workers for the watcher, and relays what they write.
 *
 * Starting a process costs time in proportion to the process that starts it: Node is a big one, this is a small one.
 * The watcher starts it once: requests.c -> start.c (keeper.c) -> jobs.c -> events.c, in the frames of protocol.h.
 * Nothing in a message is ever a name or a command here.
 *
 * In an image it is there twice, the second time as the workers' helper command: command.c.
 *
 * When standard input ends, the watcher is gone: every worker is killed with its group, and so ends this program.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "buffer.h"
#include "command.h"
#include "events.h"
#include "jobs.h"
#include "keep-one.h"
#include "requests.h"
#include "rules.h"

enum { CHANNEL_IN, CHANNEL_OUT, SIGNALS, FIRST_OF_JOBS };

/* Of a job: its standard input, or one of its outputs. */
enum { INPUT = -1 };
struct source {
  struct job *job;
  int index;
};

/* What is waited for, and whose it is. */
static struct pollfd *fds;
static struct source *sources;
static size_t count, room;

static int signals;

/* Until what a killed keeper kept is looked for again. */
enum { ASTRAY_MS = 20 };

/*
 * Nobody will take what is still written, and the messages come again by themselves. Each keeper learns of this program's
 * end from the system, and ends what it keeps.
 */
static void end_with_watcher(void) { _exit(0); }

static void make_room(void) {
  size_t needed = FIRST_OF_JOBS + 3 * job_count;
  if (needed <= room) return;
  room = 2 * needed;
  fds = checked(realloc(fds, room * sizeof *fds));
  sources = checked(realloc(sources, room * sizeof *sources));
}

static void watch(int fd, short events, struct source source) {
  fds[count] = (struct pollfd){fd, events, 0};
  sources[count] = source;
  count += 1;
}

/* Only what is open: the system takes no longer list than this program may have open files. */
static void watch_job(struct job *job) {
  if (job->input >= 0) watch(job->input, POLLOUT, (struct source){job, INPUT});
  for (int index = 0; index < 2; index += 1) {
    struct stream *stream = &job->outputs[index];
    if (stream->fd >= 0 && stream->window > 0 && !is_watcher_busy())
      watch(stream->fd, POLLIN, (struct source){job, index});
  }
}

static void watch_all(bool is_stuck) {
  make_room();
  fds[CHANNEL_IN] = (struct pollfd){STDIN_FILENO, POLLIN, 0};
  fds[CHANNEL_OUT] = (struct pollfd){is_stuck ? STDOUT_FILENO : -1, POLLOUT, 0};
  fds[SIGNALS] = (struct pollfd){signals, POLLIN, 0};
  count = FIRST_OF_JOBS;
  for (struct job *job = jobs; job != NULL; job = job->next) watch_job(job);
}

static void serve(struct source source) {
  if (source.index == INPUT) feed(source.job);
  else if (!is_watcher_busy()) relay(source.job, source.index);
}

static void forget_signals(void) {
  struct signalfd_siginfo info;
  while (read(signals, &info, sizeof info) > 0) continue;
}

static void turn(void) {
  /* What should have gone and could not, since the watcher is busy. */
  int wait_ms = linger_ms();
  bool is_stuck = wait_ms == 0;
  watch_all(is_stuck);
  if (are_any_astray()) wait_ms = ASTRAY_MS;
  if (poll(fds, count, is_stuck && !are_any_astray() ? -1 : wait_ms) < 0) {
    if (errno == EINTR) return;
    _exit(NO_SYSTEM);
  }
  /* Jobs before requests, which may begin and end them. */
  for (size_t place = FIRST_OF_JOBS; place < count; place += 1)
    if (fds[place].revents != 0) serve(sources[place]);
  if (fds[SIGNALS].revents != 0) {
    forget_signals();
    see_exits();
  }
  if (fds[CHANNEL_IN].revents != 0 && !take_requests()) end_with_watcher();
  finish_jobs();
  if (linger_ms() == 0 && !send_events()) end_with_watcher();
}

/* It is told to end by the end of its input: a signal to all processes of a container is for the watcher to heed. */
static void block_signals(void) {
  sigset_t all, child;
  sigfillset(&all);
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0 || sigprocmask(SIG_SETMASK, &all, NULL) != 0) _exit(NO_SYSTEM);
}

int main(int argument_count, char **arguments) {
  if (argument_count > 0 && is_command(arguments[0])) return run_command(arguments);
  read_priority();
  if (is_to_keep_one(argument_count, arguments)) return keep_one(arguments);
  if (argument_count > 1) read_rules(arguments[1]);
  block_signals();
  /* What was a keeper's that is killed, and what that could not end, comes here. */
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  if (fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK) != 0) return NO_SYSTEM;
  tell_number(HELLO, 0, VERSION);
  if (!send_events()) return 0;
  for (;;) turn();
}
