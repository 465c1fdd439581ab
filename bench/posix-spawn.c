/* Measures the system's limit: how fast a small program runs `sh -c COMMAND`.
   Usage: posix-spawn bare|equipped COUNT AT_ONCE COMMAND; prints milliseconds. `equipped` gives each process what a worker has: a
   new session and three pipes, two of which are read to their end. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { MOST_AT_ONCE = 64 };

struct worker {
  pid_t pid;
  int outputs[2];
};

static double now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static void start(struct worker *worker, int is_equipped, char *command) {
  char *arguments[] = {"sh", "-c", command, NULL};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int pipes[3][2];
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  if (is_equipped) {
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    for (int index = 0; index < 3; index += 1) {
      if (pipe2(pipes[index], O_CLOEXEC) != 0) exit(1);
      posix_spawn_file_actions_adddup2(&actions, pipes[index][index > 0], index);
    }
  }
  if (posix_spawn(&worker->pid, "/bin/sh", &actions, &attributes, arguments, environ) != 0) exit(1);
  if (is_equipped) {
    close(pipes[0][0]);
    close(pipes[0][1]);
    for (int index = 0; index < 2; index += 1) {
      close(pipes[index + 1][1]);
      worker->outputs[index] = pipes[index + 1][0];
    }
  }
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
}

static void finish(struct worker *worker, int is_equipped) {
  char byte;
  for (int index = 0; is_equipped && index < 2; index += 1) {
    while (read(worker->outputs[index], &byte, 1) > 0) continue;
    close(worker->outputs[index]);
  }
  worker->pid = 0;
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  int is_equipped = strcmp(argv[1], "equipped") == 0;
  int left = atoi(argv[2]), at_once = atoi(argv[3]);
  if (at_once > MOST_AT_ONCE) return 2;
  struct worker workers[MOST_AT_ONCE] = {0};
  double begin_ms = now_ms();
  for (int running = 0; left > 0 || running > 0; running -= 1) {
    for (int index = 0; index < at_once; index += 1) {
      if (workers[index].pid != 0 || left == 0) continue;
      start(&workers[index], is_equipped, argv[4]);
      left -= 1;
      running += 1;
    }
    pid_t pid = wait(NULL);
    for (int index = 0; index < at_once; index += 1)
      if (workers[index].pid == pid) finish(&workers[index], is_equipped);
  }
  printf("%f\n", now_ms() - begin_ms);
  return 0;
}
