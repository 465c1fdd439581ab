/* The start of a worker. */
#ifndef START_H
#define START_H

#include <stddef.h>
#include <stdint.h>

/* Starts it and tells so, or why not. The body is for its standard input. */
void start_job(uint32_t number, char *const *arguments, char **variables, const char *body, size_t bytes);

#endif
