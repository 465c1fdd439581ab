/* The system's limit: how fast one small program starts `sh -c true`, so many at once.
   Usage: posix-spawn COUNT AT_ONCE; prints milliseconds. */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int count = atoi(argv[1]), at_once = atoi(argv[2]), started = 0;
  char *arguments[] = {"sh", "-c", "true", NULL};
  double begin_ms = now_ms();
  for (int ended = 0; ended < count; ended += 1) {
    for (; started < count && started - ended < at_once; started += 1) {
      pid_t pid;
      if (posix_spawn(&pid, "/bin/sh", NULL, NULL, arguments, environ) != 0) return 1;
    }
    wait(NULL);
  }
  printf("%f\n", now_ms() - begin_ms);
  return 0;
}
