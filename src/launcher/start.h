/* The start of workers. */
#ifndef START_H
#define START_H

#include <stddef.h>
#include <stdint.h>

/*
 * Begins it. The body is for its standard input; it, and the texts, stay where they are until starts are finished. The
 * lists of texts are the start's own from now on; in that of the arguments the first place is free.
 */
void begin_start(uint32_t number, char **arguments, char **variables, const char *body, size_t bytes);

/* Tells of each that was begun that it is there, or why not. */
void finish_starts(void);

#endif
