/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions of the single-stepper on small scenarios, for tests. */
#ifndef STEP_WORLD_H
#define STEP_WORLD_H

#include "report/step.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define STEP_RACE                                                                                  \
	"NUMASIM race \"a writer, a scanner, a reader\"\n"                                         \
	"{ machine = \"numa:2 core:2 pu:1\"; kernel = v3.13-rc4;\n"                                \
	"  P: mmap x 2M thp node=0; P: x = 1 by writer; }\n"                                       \
	" scanner @node0 | reader @node1 | writer @node0 ;\n"                                      \
	" task_numa_work(P) | r0 = P:x | P:x = 2 ;\n"                                              \
	"forall (P:x = 2)\n"

#define STEP_WALKER                                                                                \
	"NUMASIM walker \"page walkers act unasked\"\n"                                            \
	"{ machine = \"numa:2 core:2 pu:1\"; kernel = v3.13; walker = 2;\n"                        \
	"  P: mmap x 2M thp; Q: mmap y 4K; }\n"                                                    \
	" reader @node1 | writer @node0 | other ;\n"                                               \
	" r0 = P:x | P:x = 2 | r3 = Q:y ;\n"

static inline struct numasim_stepper *step_world(const char *text)
{
	struct numasim_stepper_start start = {0};
	struct numasim_scenario *scenario = NULL;
	struct numasim_stepper *stepper = NULL;
	struct numasim_error err = {0};

	if (numasim_scenario_parse(&scenario, text, strlen(text), "test.nsim", &err))
		fail_msg("%s", err.text);
	start.scenario = scenario;
	if (numasim_stepper_open(&stepper, &start, &err))
		fail_msg("%s", err.text);
	numasim_scenario_free(scenario);
	return stepper;
}

/* Carry out a command that must succeed; what it says. */
static inline const char *say(struct numasim_stepper *stepper, const char *line)
{
	struct numasim_error err = {0};
	const char *text;

	if (numasim_stepper_command(&text, stepper, line, &err))
		fail_msg("\"%s\": %s", line, err.text);
	return text;
}

/* Carry out a command that must fail with @code, at @column, with that message. */
static inline void fails(struct numasim_stepper *stepper, const char *line, int code,
			 unsigned column, const char *message)
{
	struct numasim_error err = {0};
	const char *text;
	int ret = numasim_stepper_command(&text, stepper, line, &err);

	assert_string_equal(err.text, message);
	assert_int_equal(ret, code);
	assert_int_equal(err.column, column);
	assert_non_null(text);
}

static inline void says(struct numasim_stepper *stepper, const char *line, const char *part)
{
	const char *text = say(stepper, line);

	if (!strstr(text, part))
		fail_msg("\"%s\" says\n%sand not \"%s\"", line, text, part);
}

static inline void says_not(struct numasim_stepper *stepper, const char *line, const char *part)
{
	const char *text = say(stepper, line);

	if (strstr(text, part))
		fail_msg("\"%s\" says\n%swith \"%s\"", line, text, part);
}

#endif
