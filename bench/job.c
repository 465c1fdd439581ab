/* The bench's worker: it notes when it has started, and then takes the time that its message says.
   Usage: job STAMPS, with MessageId and Message, such as {"ms":5}, in the environment. A line of STAMPS is an id and the
   machine's monotonic clock in milliseconds. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char DURATION[] = "\"ms\":";

int main(int argc, char **argv) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  const char *id = getenv("MessageId");
  const char *message = getenv("Message");
  if (argc != 2 || message == NULL) return 2;
  if (id != NULL) {
    char line[128];
    int length = snprintf(line, sizeof line, "%s %ld.%06ld\n", id, now.tv_sec * 1000 + now.tv_nsec / 1000000,
                          now.tv_nsec % 1000000);
    int file = open(argv[1], O_WRONLY | O_APPEND | O_CREAT, 0600);
    if (file < 0 || write(file, line, length) != length) return 2;
  }
  const char *duration = strstr(message, DURATION);
  long ms = duration == NULL ? 0 : atol(duration + sizeof DURATION - 1);
  struct timespec rest = {ms / 1000, ms % 1000 * 1000000};
  if (ms > 0) nanosleep(&rest, NULL);
  return 0;
}
