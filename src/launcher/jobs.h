/* The workers that run, and the end of each. */
#ifndef JOBS_H
#define JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct stream {
  int fd;
  /* How much may be sent before the watcher has used some. */
  uint32_t window;
};

struct job {
  struct job *next;
  uint32_t number;
  /* Also of its process group. */
  pid_t pid;
  bool has_exited;
  struct stream outputs[2];
  /* What of its standard input could not be written yet; -1 where nothing is left. */
  int input;
  char *body;
  size_t body_bytes, body_written;
};

extern struct job *jobs;
extern size_t job_count;

/* A job with nothing but its number and its process. */
struct job *add_job(uint32_t number, pid_t pid);

/* NULL where it is over. */
struct job *find_job(uint32_t number);

/* Writes what is left of the body, once the worker takes more. A worker need not read it. */
void feed(struct job *job);

/* Tells what the worker wrote, or that it has closed that output. */
void relay(struct job *job, int index);

void close_outputs(struct job *job);
void signal_job(const struct job *job, int signal);

/* Tells which workers have ended. */
void see_exits(void);

/* Ends jobs that have ended and whose output is closed, and what they left behind in their group. */
void finish_jobs(void);

void kill_jobs(void);

/* Closes it where it is open. */
void close_fd(int *fd);

#endif
