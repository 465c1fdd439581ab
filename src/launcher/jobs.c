#include "jobs.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buffer.h"
#include "events.h"

enum { MOST_OUTPUT_BYTES = 1 << 16 };

/* Of some milliseconds each. */
enum { MOST_ROUNDS_ASTRAY = 500 };

struct job *jobs;
size_t job_count;

struct job *add_job(uint32_t number, struct birth *birth) {
  struct job *job = checked(calloc(1, sizeof *job));
  job->number = number;
  job->birth = birth;
  job->outputs[0].fd = job->outputs[1].fd = job->input = -1;
  job->next = jobs;
  jobs = job;
  job_count += 1;
  return job;
}

struct job *find_job(uint32_t number) {
  for (struct job *job = jobs; job != NULL; job = job->next)
    if (job->number == number) return job;
  return NULL;
}

void close_fd(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

void feed(struct job *job) {
  ssize_t written = write(job->input, job->body + job->body_written, job->body_bytes - job->body_written);
  if (written < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (written > 0) job->body_written += (size_t)written;
  if (written >= 0 && job->body_written < job->body_bytes) return;
  close_fd(&job->input);
  free(job->body);
  job->body = NULL;
}

void relay(struct job *job, int index) {
  struct stream *stream = &job->outputs[index];
  size_t most = stream->window < MOST_OUTPUT_BYTES ? stream->window : MOST_OUTPUT_BYTES;
  ssize_t got = read(stream->fd, output_space(most), most);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    close_fd(&stream->fd);
    tell_closed(job->number, index + 1);
    return;
  }
  stream->window -= (uint32_t)got;
  tell_output(job->number, index + 1, (size_t)got);
}

void close_outputs(struct job *job) {
  close_fd(&job->outputs[0].fd);
  close_fd(&job->outputs[1].fd);
}

void signal_job(struct job *job, int signal) {
  /* Its id is its own as long as it is not waited for. */
  if (job->is_gone) return;
  if (signal == SIGKILL) job->is_ending = true;
  else job->is_told = true;
  kill(job->birth->pid, signal == SIGKILL ? KEEPER_END : KEEPER_TELL);
}

static void tell_end(struct job *job) {
  int status = job->birth->keeper.status;
  job->has_exited = true;
  if (WIFEXITED(status)) tell_exit(job->number, false, WEXITSTATUS(status));
  else tell_exit(job->number, true, WTERMSIG(status));
}

static void lose_keeper(struct job *job, int status) {
  struct keeper *keeper = &job->birth->keeper;
  job->is_gone = true;
  if (!WIFSIGNALED(status)) return;
  job->is_astray = true;
  if (keeper->has_exited) return;
  /* So ended the worker, too. */
  keeper->status = status;
  keeper->has_exited = 1;
}

static struct job *find_keeper(pid_t pid) {
  for (struct job *job = jobs; job != NULL; job = job->next)
    if (!job->is_gone && job->birth->pid == pid) return job;
  return NULL;
}

void see_exits(void) {
  int status;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0 || (pid < 0 && errno == EINTR);) {
    /* Others are what a keeper could not end, or had when it was killed. */
    struct job *job = find_keeper(pid);
    if (job != NULL) lose_keeper(job, status);
  }
  for (struct job *job = jobs; job != NULL; job = job->next)
    if (!job->has_exited && job->birth->keeper.has_exited) tell_end(job);
}

static bool is_keeper(pid_t pid) { return find_keeper(pid) != NULL; }

bool are_any_astray(void) {
  for (struct job *job = jobs; job != NULL; job = job->next)
    if (job->is_astray) return true;
  return false;
}

/* Whose they were is not known any more: jobs that lost their keeper are over when none is left. */
static void end_strays(void) {
  if (!are_any_astray()) return;
  see_exits();
  size_t count = kill_family((struct root){getpid(), is_keeper});
  for (struct job *job = jobs; job != NULL; job = job->next)
    if (count == 0 || ++job->rounds_astray > MOST_ROUNDS_ASTRAY) job->is_astray = false;
}

/* What it left may have closed its output and live on; it would write where the next job works. */
static bool is_over(struct job *job) {
  if (!job->has_exited || job->outputs[0].fd >= 0 || job->outputs[1].fd >= 0) return false;
  if (!job->is_gone && !job->is_told && !job->is_ending) signal_job(job, SIGKILL);
  return job->is_gone && !job->is_astray;
}

static void end_job(struct job *job) {
  struct keeper *keeper = &job->birth->keeper;
  /* What goes on when it was told to end is not left behind. */
  if (job->is_told) keeper->left.count = 0;
  tell_gone(job->number, keeper->peak_kib, &keeper->left, keeper->stuck_count);
  give_birth_back(job->birth);
  close_fd(&job->input);
  free(job->body);
  free(job);
}

void finish_jobs(void) {
  end_strays();
  for (struct job **place = &jobs; *place != NULL;) {
    struct job *job = *place;
    if (!is_over(job)) {
      place = &job->next;
      continue;
    }
    *place = job->next;
    job_count -= 1;
    end_job(job);
  }
}
