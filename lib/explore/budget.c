/* SPDX-License-Identifier: BSD-2-Clause */
/* One budget for all that a search does, however many passes that takes. */
#include "explore/search.h"

#include <time.h>

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void search_budget_begin(struct search_options *options)
{
	if (options->max_ns && !options->began_ns)
		options->began_ns = now_ns();
}

const char *search_budget_end(const struct search_options *o, uint64_t spent, bool look)
{
	if (o->max_states && spent > o->max_states)
		return SEARCH_STATES_SPENT;
	if (look && o->max_ns && now_ns() - o->began_ns > o->max_ns)
		return "the budget of time is used up";
	return NULL;
}

const char *search_budget_rest(struct search_options *options, uint64_t spent)
{
	const char *end = search_budget_end(options, spent, true);

	if (!end && options->max_states && spent == options->max_states)
		end = SEARCH_STATES_SPENT; /* a rest of 0 would be no limit */
	if (!end && options->max_states)
		options->max_states -= spent;
	return end;
}
