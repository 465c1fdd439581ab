/* What the watcher says once, at the start, of all of its workers. */
#ifndef RULES_H
#define RULES_H

/*
 * Reads "SIGNAL" or "SIGNAL,RESOURCE:SOFT:HARD,...", in the system's numbers; a limit of -1 is none. Anything else ends this
 * program. To be called once, at first.
 */
void read_rules(const char *text);

/* Tells a worker to end. */
int telling_signal(void);

/* Puts the limits on who calls this, as far as this program's own go. System calls only, and no errno. */
void take_limits(void);

#endif
