#include "events.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "buffer.h"

enum {
  LINGER_MS = 4,
  /* More than this goes at once. */
  MOST_LINGERING_BYTES = 1 << 15,
  MOST_WAITING_BYTES = 1 << 18,
};

static struct buffer events;
/* When the first of the waiting events came; a job's end waits for nothing. */
static int64_t waiting_since_ms;
static bool is_urgent;

static int64_t now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Writes the head of a frame whose rest is already in its place. */
static void put_head(char *frame, enum event kind, uint32_t job, size_t rest_bytes) {
  if (bytes_in(&events) == 0) waiting_since_ms = now_ms();
  if (kind == EXITED || kind == GONE || kind == FAILED || kind == HELLO || kind == PONG) is_urgent = true;
  put_number(frame, (uint32_t)(HEADER_BYTES - LENGTH_BYTES + rest_bytes));
  frame[LENGTH_BYTES] = (char)kind;
  put_number(frame + LENGTH_BYTES + 1, job);
  events.end += HEADER_BYTES + rest_bytes;
}

void tell_pong(void) { put_head(reserve(&events, HEADER_BYTES), PONG, 0, 0); }

void tell_number(enum event kind, uint32_t job, uint32_t number) {
  char *frame = reserve(&events, HEADER_BYTES + 4);
  put_number(frame + HEADER_BYTES, number);
  put_head(frame, kind, job, 4);
}

void tell_exit(uint32_t job, bool is_signal, int status) {
  char *frame = reserve(&events, HEADER_BYTES + 8);
  put_number(frame + HEADER_BYTES, is_signal);
  put_number(frame + HEADER_BYTES + 4, (uint32_t)status);
  put_head(frame, EXITED, job, 8);
}

void tell_closed(uint32_t job, int stream) {
  char *frame = reserve(&events, HEADER_BYTES + 1);
  frame[HEADER_BYTES] = (char)stream;
  put_head(frame, CLOSED, job, 1);
}

void tell_gone(uint32_t job, uint32_t peak_kib, const struct family_text *left, uint32_t stuck_count) {
  const size_t names_bytes = left->count == 0 ? 0 : strlen(left->names);
  char *frame = reserve(&events, HEADER_BYTES + 12 + names_bytes);
  put_number(frame + HEADER_BYTES, peak_kib);
  put_number(frame + HEADER_BYTES + 4, left->count);
  put_number(frame + HEADER_BYTES + 8, stuck_count);
  memcpy(frame + HEADER_BYTES + 12, left->names, names_bytes);
  put_head(frame, GONE, job, 12 + names_bytes);
}

char *output_space(size_t most_bytes) { return reserve(&events, HEADER_BYTES + 1 + most_bytes) + HEADER_BYTES + 1; }

void tell_output(uint32_t job, int stream, size_t bytes) {
  char *frame = events.data + events.end;
  frame[HEADER_BYTES] = (char)stream;
  put_head(frame, OUTPUT, job, 1 + bytes);
}

bool is_watcher_busy(void) { return bytes_in(&events) >= MOST_WAITING_BYTES; }

int linger_ms(void) {
  size_t bytes = bytes_in(&events);
  if (bytes == 0) return -1;
  int64_t left_ms = waiting_since_ms + LINGER_MS - now_ms();
  return is_urgent || bytes > MOST_LINGERING_BYTES || left_ms < 0 ? 0 : (int)left_ms;
}

bool send_events(void) {
  while (bytes_in(&events) > 0) {
    ssize_t sent = write(STDOUT_FILENO, events.data + events.begin, bytes_in(&events));
    if (sent < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN;
    }
    events.begin += (size_t)sent;
  }
  is_urgent = false;
  give_back(&events);
  return true;
}
