/* SPDX-License-Identifier: BSD-2-Clause */
/* A race that breaks within milliseconds, and its witness as text that tests cut up. */
#ifndef WITNESS_WORLD_H
#define WITNESS_WORLD_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <numasim/report.h>

static const char race[] =
	"NUMASIM race\n"
	"\"A batched flush lets a writer reach the old page\"\n"
	"{ machine = \"numa:2 core:2 pu:1\"; kernel = v3.13-rc4;\n"
	"  P: mmap x 2M thp node=0; P: x = 1 by writer; }\n"
	" scanner @node0    | reader @node1 | writer @node0 ;\n"
	" task_numa_work(P) | r0 = P:x      | P:x = 2       ;\n"
	"forall (P:x = 2)\n"
	"reach migrated(P:x)\n";

/* Explore @text with @params, looking for lost writes only. */
static inline struct numasim_result *explore_text(const char *text,
						  const struct numasim_scenario_params *params)
{
	static const char *const oracles[] = {"lost-write"};
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;
	struct numasim_scenario *scenario;
	struct numasim_result *result;
	struct numasim_error err = {0};

	search.oracles = oracles;
	search.nr_oracles = 1;
	search.first_only = 1;
	if (numasim_scenario_parse(&scenario, text, strlen(text), "race.nsim", &err))
		fail_msg("%s", err.text);
	if (numasim_scenario_explore(&result, scenario, params, &search, &err))
		fail_msg("%s", err.text);
	numasim_scenario_free(scenario);
	return result;
}

static inline int replay_text(struct numasim_result **result, const char *witness,
			      struct numasim_error *err)
{
	*err = (struct numasim_error){0};
	return numasim_witness_replay(result, witness, strlen(witness), "w", err);
}

/* The first line of @text that starts with @word; its number from 1 in *line. */
static inline const char *find_line(const char *text, const char *word, unsigned *line)
{
	*line = 1;
	while (text && *text && strncmp(text, word, strlen(word))) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
		++*line;
	}
	assert_non_null(text);
	assert_true(*text);
	return text;
}

/* A copy of @text with @cut bytes at @at replaced by @with. */
static inline char *splice(const char *text, const char *at, size_t cut, const char *with)
{
	size_t before = at - text, len = strlen(text);
	char *copy = malloc(len + strlen(with) + 1);

	assert_non_null(copy);
	memcpy(copy, text, before);
	strcpy(copy + before, with);
	strcat(copy, at + cut);
	return copy;
}

#endif
