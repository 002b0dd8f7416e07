/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How large a scenario may be. Every count in a scenario file has a limit, so that bad input ends
 * in an error instead of in a search that never starts. docs/scenario-language.md lists them.
 */
#ifndef SCENARIO_LIMITS_H
#define SCENARIO_LIMITS_H

#define SCENARIO_MAX_BYTES     (256u << 10)	/* of a file */
#define SCENARIO_MAX_MEMORY    (64u << 20)	/* bytes of a parsed scenario */
#define SCENARIO_MAX_NAME      64		/* bytes of a word or a number */
#define SCENARIO_MAX_STRING    512		/* bytes of a string's contents */
#define SCENARIO_MAX_SETTINGS  64
#define SCENARIO_MAX_SETUP     256		/* mappings and statements of the initial state */
#define SCENARIO_MAX_PROCESSES 16
#define SCENARIO_MAX_VARIABLES 64		/* of all processes */
#define SCENARIO_MAX_FLAGS     16		/* of one mapping */
#define SCENARIO_MAX_COLUMNS   64
#define SCENARIO_MAX_ROWS      256		/* lines of the table below its head */
#define SCENARIO_MAX_REGISTERS 32		/* of one column: r0 to r31 */
#define SCENARIO_MAX_ARGS      16		/* of one call */
#define SCENARIO_MAX_NESTING   64		/* of ( and ~ in a condition, of comments */
#define SCENARIO_MAX_ATOMS     256		/* comparisons in a condition */
#define SCENARIO_MAX_EVENTS    32		/* after reach */
#define SCENARIO_MAX_EXPECTS   256		/* entries after expect */
#define SCENARIO_MAX_CHANGES   16		/* + and ~ after one release */
#define SCENARIO_MAX_VERDICTS  16		/* of one entry */

#endif
