#include "requests.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buffer.h"
#include "events.h"
#include "jobs.h"
#include "protocol.h"
#include "start.h"

enum { MOST_READ_BYTES = 1 << 16 };

static struct buffer requests;

/* What is left of a frame. */
struct reader {
  char *at;
  size_t left;
};

static char *take(struct reader *reader, size_t bytes) {
  if (reader->left < bytes) _exit(BAD_FRAME);
  char *taken = reader->at;
  reader->at += bytes;
  reader->left -= bytes;
  return taken;
}

static uint8_t take_byte(struct reader *reader) { return (uint8_t)*take(reader, 1); }

static uint32_t take_number(struct reader *reader) { return number_at(take(reader, 4)); }

/* Texts are used where they stand: each has a NUL behind it, and none in it. Before the first, so many places are free. */
static char **take_texts(struct reader *reader, uint32_t count, size_t free_count) {
  if (count > reader->left / 5) _exit(BAD_FRAME);
  char **list = checked(calloc(free_count + count + 1, sizeof *list));
  char **texts = list + free_count;
  for (uint32_t index = 0; index < count; index += 1) {
    size_t bytes = take_number(reader);
    texts[index] = take(reader, bytes + 1);
    if (memchr(texts[index], '\0', bytes + 1) != texts[index] + bytes) _exit(BAD_FRAME);
  }
  return list;
}

static void take_start(uint32_t number, struct reader *reader) {
  uint32_t argument_count = take_number(reader);
  uint32_t variable_count = take_number(reader);
  if (argument_count == 0) _exit(BAD_FRAME);
  char **arguments = take_texts(reader, argument_count, 1);
  char **variables = take_texts(reader, variable_count, 0);
  begin_start(number, arguments, variables, reader->at, reader->left);
}

static void take_credit(struct job *job, struct reader *reader) {
  uint8_t stream = take_byte(reader);
  if (stream != 1 && stream != 2) _exit(BAD_FRAME);
  job->outputs[stream - 1].window += take_number(reader);
}

static void handle_for_job(uint8_t kind, uint32_t number, struct reader *reader) {
  finish_starts();
  /* It may just have ended. */
  struct job *job = find_job(number);
  if (job == NULL) return;
  if (kind == SIGNAL) signal_job(job, take_byte(reader));
  if (kind == CLOSE) close_outputs(job);
  if (kind == CREDIT) take_credit(job, reader);
}

static void handle(uint8_t kind, uint32_t number, struct reader reader) {
  switch (kind) {
    case START:
      take_start(number, &reader);
      return;
    case SIGNAL:
    case CLOSE:
    case CREDIT:
      handle_for_job(kind, number, &reader);
      return;
    case PING:
      tell_pong();
      return;
    default:
      _exit(BAD_FRAME);
  }
}

static void handle_frames(void) {
  while (bytes_in(&requests) >= HEADER_BYTES) {
    char *frame = requests.data + requests.begin;
    size_t bytes = LENGTH_BYTES + (size_t)number_at(frame);
    if (bytes < HEADER_BYTES || bytes > MOST_FRAME_BYTES) _exit(BAD_FRAME);
    if (bytes_in(&requests) < bytes) return;
    struct reader rest = {frame + HEADER_BYTES, bytes - HEADER_BYTES};
    handle((uint8_t)frame[LENGTH_BYTES], number_at(frame + LENGTH_BYTES + 1), rest);
    requests.begin += bytes;
  }
}

bool take_requests(void) {
  char *space = reserve(&requests, MOST_READ_BYTES);
  ssize_t got = read(STDIN_FILENO, space, requests.capacity - requests.end);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (got <= 0) return false;
  requests.end += (size_t)got;
  handle_frames();
  /* Before anything moves in the buffer. */
  finish_starts();
  give_back(&requests);
  return true;
}
