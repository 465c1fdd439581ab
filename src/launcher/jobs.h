/* The workers that run, and the end of each. */
#ifndef JOBS_H
#define JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "start.h"

struct stream {
  int fd;
  /* How much may be sent before the watcher has used some. */
  uint32_t window;
};

struct job {
  struct job *next;
  uint32_t number;
  /* With its keeper, and what that has found out. */
  struct birth *birth;
  /* The worker has ended, and that was told. */
  bool has_exited;
  /* It was told to end: what it left goes on until it is killed. */
  bool is_told;
  /* Its keeper was told to end what is left. */
  bool is_ending;
  /* Its keeper has ended. */
  bool is_gone;
  /* Its keeper was killed, and what it kept came to this program. */
  bool is_astray;
  int rounds_astray;
  struct stream outputs[2];
  /* What of its standard input could not be written yet; -1 where nothing is left. */
  int input;
  char *body;
  size_t body_bytes, body_written;
};

extern struct job *jobs;
extern size_t job_count;

/* A job with nothing but its number and its processes. */
struct job *add_job(uint32_t number, struct birth *birth);

/* NULL where it is over. */
struct job *find_job(uint32_t number);

/* Writes what is left of the body, once the worker takes more. A worker need not read it. */
void feed(struct job *job);

/* Tells what the worker wrote, or that it has closed that output. */
void relay(struct job *job, int index);

void close_outputs(struct job *job);

/* To all of its processes. */
void signal_job(struct job *job, int signal);

/* Tells which workers have ended. */
void see_exits(void);

/* Ends what is left of jobs whose worker has ended and whose output is closed, and forgets those that are gone. */
void finish_jobs(void);

/* Whether somebody's keeper was killed: what it kept is looked for again and again, until nothing is found. */
bool are_any_astray(void);

/* Closes it where it is open. */
void close_fd(int *fd);

#endif
