#include "buffer.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "protocol.h"

enum { MOST_KEPT_BYTES = 1 << 20 };

void *checked(void *memory) {
  if (memory == NULL) _exit(NO_MEMORY);
  return memory;
}

size_t bytes_in(const struct buffer *buffer) { return buffer->end - buffer->begin; }

/* Of the system itself: what malloc has grown to, it may keep. */
static void grow(struct buffer *buffer, size_t capacity) {
  void *data = buffer->capacity == 0
                   ? mmap(NULL, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                   : mremap(buffer->data, buffer->capacity, capacity, MREMAP_MAYMOVE);
  buffer->data = checked(data == MAP_FAILED ? NULL : data);
  buffer->capacity = capacity;
}

char *reserve(struct buffer *buffer, size_t bytes) {
  if (buffer->begin == buffer->end) buffer->begin = buffer->end = 0;
  if (buffer->capacity - buffer->end < bytes && buffer->begin > 0) {
    memmove(buffer->data, buffer->data + buffer->begin, bytes_in(buffer));
    buffer->end -= buffer->begin;
    buffer->begin = 0;
  }
  if (buffer->capacity - buffer->end < bytes) grow(buffer, (buffer->end + bytes) * 2);
  return buffer->data + buffer->end;
}

void give_back(struct buffer *buffer) {
  if (bytes_in(buffer) > 0 || buffer->capacity <= MOST_KEPT_BYTES) return;
  munmap(buffer->data, buffer->capacity);
  *buffer = (struct buffer){0};
}

uint32_t number_at(const char *data) {
  uint32_t number;
  memcpy(&number, data, sizeof number);
  return number;
}

void put_number(char *data, uint32_t number) { memcpy(data, &number, sizeof number); }
