#include "rules.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "protocol.h"
#include "system-call.h"

/* As the kernel has it: https://man7.org/linux/man-pages/man2/prlimit.2.html */
struct limit {
  uint64_t soft, hard;
};

enum { MOST_LIMITS = 16 };

static int told = SIGTERM;
static int resources[MOST_LIMITS];
static struct limit limits[MOST_LIMITS];
static size_t limit_count;

/* The number that is followed by the mark, or by the end. */
static long long take_number(const char **text, char mark) {
  char *end;
  long long number = strtoll(*text, &end, 10);
  if (end == *text || (*end != mark && *end != '\0')) _exit(BAD_FRAME);
  *text = *end == '\0' ? end : end + 1;
  return number;
}

void read_rules(const char *text) {
  told = (int)take_number(&text, ',');
  while (*text != '\0') {
    if (limit_count == MOST_LIMITS) _exit(BAD_FRAME);
    resources[limit_count] = (int)take_number(&text, ':');
    /* Below 0 it becomes the greatest number, by which the kernel means none. */
    limits[limit_count].soft = (uint64_t)take_number(&text, ':');
    limits[limit_count].hard = (uint64_t)take_number(&text, ',');
    limit_count += 1;
  }
}

int telling_signal(void) { return told; }

static uint64_t least(uint64_t one, uint64_t other) { return one < other ? one : other; }

/* Without a right to more, more than this program's own would be refused as a whole. */
void take_limits(void) {
  for (size_t index = 0; index < limit_count; index += 1) {
    struct limit own;
    if (system_call(SYS_prlimit64, 0, resources[index], 0, (long)&own) < 0) continue;
    struct limit limit = {0, least(limits[index].hard, own.hard)};
    limit.soft = least(limits[index].soft, limit.hard);
    system_call(SYS_prlimit64, 0, resources[index], (long)&limit, 0);
  }
}
