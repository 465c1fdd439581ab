#include "jobs.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buffer.h"
#include "events.h"

enum { MOST_OUTPUT_BYTES = 1 << 16 };

struct job *jobs;
size_t job_count;

struct job *add_job(uint32_t number, pid_t pid) {
  struct job *job = checked(calloc(1, sizeof *job));
  job->number = number;
  job->pid = pid;
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

void signal_job(const struct job *job, int signal) { kill(-job->pid, signal); }

/*
 * They are not yet waited for: until nothing more is to be done with its group, a worker's process id must not become
 * another's.
 */
void see_exits(void) {
  for (struct job *job = jobs; job != NULL; job = job->next) {
    siginfo_t end = {0};
    if (job->has_exited || waitid(P_PID, (id_t)job->pid, &end, WEXITED | WNOHANG | WNOWAIT) != 0) continue;
    if (end.si_pid == 0) continue;
    job->has_exited = true;
    tell_exit(job->number, end.si_code != CLD_EXITED, end.si_status);
  }
}

static void end_job(struct job *job) {
  signal_job(job, SIGKILL);
  while (waitpid(job->pid, NULL, 0) < 0 && errno == EINTR) continue;
  close_fd(&job->input);
  free(job->body);
  free(job);
}

void finish_jobs(void) {
  for (struct job **place = &jobs; *place != NULL;) {
    struct job *job = *place;
    if (!job->has_exited || job->outputs[0].fd >= 0 || job->outputs[1].fd >= 0) {
      place = &job->next;
      continue;
    }
    *place = job->next;
    job_count -= 1;
    end_job(job);
  }
}

void kill_jobs(void) {
  for (struct job *job = jobs; job != NULL; job = job->next) signal_job(job, SIGKILL);
}
