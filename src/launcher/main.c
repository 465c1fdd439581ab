/*
 * Starts workers for the watcher, and relays what they write.
 *
 * Starting a process costs time in proportion to the process that starts it: Node is a big one, this is a small one.
 * The watcher starts it once: requests.c -> start.c -> jobs.c -> events.c, in the frames of protocol.h. Nothing in a
 * message is ever a name or a command here.
 *
 * When standard input ends, the watcher is gone: every worker is killed with its group, and so ends this program.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "buffer.h"
#include "events.h"
#include "jobs.h"
#include "requests.h"

enum { CHANNEL_IN, CHANNEL_OUT, SIGNALS, FIRST_OF_JOBS };

static int signals;

/* Nobody will take what is still written, and the messages come again by themselves. */
static void end_with_watcher(void) {
  kill_jobs();
  _exit(0);
}

/* Three for each job: its standard input, and its outputs. One that must wait is -1, which the system leaves out. */
static void watch_job(const struct job *job, struct pollfd *fds) {
  fds[0] = (struct pollfd){job->input, POLLOUT, 0};
  for (int index = 0; index < 2; index += 1) {
    bool may_send = job->outputs[index].window > 0 && !is_watcher_busy();
    fds[index + 1] = (struct pollfd){may_send ? job->outputs[index].fd : -1, POLLIN, 0};
  }
}

static void serve_job(struct job *job, const struct pollfd *fds) {
  if (fds[0].revents != 0) feed(job);
  if (fds[1].revents != 0) relay(job, 0);
  if (fds[2].revents != 0) relay(job, 1);
}

static void forget_signals(void) {
  struct signalfd_siginfo info;
  while (read(signals, &info, sizeof info) > 0) continue;
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

int main(void) {
  block_signals();
  if (fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK) != 0) return NO_SYSTEM;
  tell_number(HELLO, 0, VERSION);
  if (!send_events()) return 0;
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
