/* Bytes that come at the end and go at the beginning. */
#ifndef BUFFER_H
#define BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct buffer {
  char *data;
  size_t begin, end, capacity;
};

/* Ends this program where there is no memory. */
void *checked(void *memory);

size_t bytes_in(const struct buffer *buffer);

/* Room for so many bytes at the end. */
char *reserve(struct buffer *buffer, size_t bytes);

/* Gives its memory back where nothing is in it and it has become big. */
void give_back(struct buffer *buffer);

uint32_t number_at(const char *data);
void put_number(char *data, uint32_t number);

#endif
