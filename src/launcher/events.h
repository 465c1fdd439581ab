/* What is told to the watcher. Events wait a little for others, so that most workers cost it one wake-up, not three. */
#ifndef EVENTS_H
#define EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "family.h"
#include "protocol.h"

void tell_pong(void);
void tell_number(enum event kind, uint32_t job, uint32_t number);
void tell_exit(uint32_t job, bool is_signal, int status);
void tell_closed(uint32_t job, int stream);
void tell_gone(uint32_t job, uint32_t peak_kib, const struct family_text *left, uint32_t stuck_count);

/* Where up to so many bytes of a worker's output go; then `tell_output` says how many have come. */
char *output_space(size_t most_bytes);
void tell_output(uint32_t job, int stream, size_t bytes);

/* While it is so, no output is read. */
bool is_watcher_busy(void);

/* How long the waiting events may wait still; -1 where there are none. */
int linger_ms(void);

/* False where nobody takes them any more. */
bool send_events(void);

#endif
