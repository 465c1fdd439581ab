#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buffer.h"

/* As in src/contract/image.ts. A script would do the same, but an image may have no shell. */
#define FOLDER "/opt/watchbot"

static const char COMMAND[] = "watchbot-progress";

static char *const RUN_NODE[] = {
    FOLDER "/lib/ld.so", "--inhibit-cache", "--library-path", FOLDER "/lib",
    FOLDER "/bin/node",  FOLDER "/progress.js",
};
enum { RUN_NODE_COUNT = sizeof RUN_NODE / sizeof *RUN_NODE };

/* As a shell has it for a program that is not there. */
enum { NOT_FOUND = 127 };

bool is_command(const char *name) {
  const char *slash = strrchr(name, '/');
  return strcmp(slash == NULL ? name : slash + 1, COMMAND) == 0;
}

int run_command(char *const *arguments) {
  size_t count = 0;
  while (arguments[count] != NULL) count += 1;
  char **all = checked(calloc(RUN_NODE_COUNT + count, sizeof *all));
  memcpy(all, RUN_NODE, sizeof RUN_NODE);
  /* But for the name; the list ends with NULL. */
  memcpy(all + RUN_NODE_COUNT, arguments + 1, count * sizeof *all);
  execv(all[0], all);
  fprintf(stderr, "%s: cannot run %s: %s\n", COMMAND, all[0], strerror(errno));
  return NOT_FOUND;
}
