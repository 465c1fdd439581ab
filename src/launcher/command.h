/* The other thing that this program is: a command on the workers' PATH. */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>

/* Whether it was called by the name of that command. */
bool is_command(const char *name);

/* Becomes the command, which Node runs. Gives an exit code where that cannot be. */
int run_command(char *const *arguments);

#endif
