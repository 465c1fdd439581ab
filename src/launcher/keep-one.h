/* This program as the keeper of a single process, which somebody else starts and waits for. */
#ifndef KEEP_ONE_H
#define KEEP_ONE_H

#include <stdbool.h>

bool is_to_keep_one(int argument_count, char **arguments);

/*
 * Runs the program that the arguments name behind the first three, by the rules in the third, ends what it leaves when it
 * ends, and then ends as it did. By a signal to this process it is told to end, or ended: keeper.h.
 */
int keep_one(char **arguments);

#endif
