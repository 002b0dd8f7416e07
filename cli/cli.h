/* SPDX-License-Identifier: BSD-2-Clause */
/* The subcommands of numasim: argv[0] is the subcommand's name, the result the exit status. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

int cmd_topology(int argc, char **argv);

#endif
