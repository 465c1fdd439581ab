/* What the watcher asks for. */
#ifndef REQUESTS_H
#define REQUESTS_H

#include <stdbool.h>

/* Reads once, and does what is asked; false where the watcher is gone. */
bool take_requests(void);

#endif
