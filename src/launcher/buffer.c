#include "buffer.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocol.h"

void *checked(void *memory) {
  if (memory == NULL) _exit(NO_MEMORY);
  return memory;
}

size_t bytes_in(const struct buffer *buffer) { return buffer->end - buffer->begin; }

char *reserve(struct buffer *buffer, size_t bytes) {
  if (buffer->begin == buffer->end) buffer->begin = buffer->end = 0;
  if (buffer->capacity - buffer->end < bytes && buffer->begin > 0) {
    memmove(buffer->data, buffer->data + buffer->begin, bytes_in(buffer));
    buffer->end -= buffer->begin;
    buffer->begin = 0;
  }
  if (buffer->capacity - buffer->end < bytes) {
    buffer->capacity = (buffer->end + bytes) * 2;
    buffer->data = checked(realloc(buffer->data, buffer->capacity));
  }
  return buffer->data + buffer->end;
}

uint32_t number_at(const char *data) {
  uint32_t number;
  memcpy(&number, data, sizeof number);
  return number;
}

void put_number(char *data, uint32_t number) { memcpy(data, &number, sizeof number); }
