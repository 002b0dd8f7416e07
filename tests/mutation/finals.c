/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mutation-finals SCENARIO KERNEL: the set of final states that the scenario can reach there, one
 * digest a line, in order; before it the verdict. Two libraries that print the same cannot be told
 * apart by it. KERNEL is a release with +ROW and ~ROW, as the scenario's expect lines have it.
 *
 * Exit status 2: bad input, or the search ran out of its budget.
 */
#include "explore/search.h"
#include "scenario/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_STATES 2000000

struct finals {
	struct scenario_run *run;
	struct digest *digest;
	size_t nr, room;
};

/* What the scenario's own judge says, and the state is noted. */
static bool note_final(void *self)
{
	struct finals *finals = self;
	struct scene *inner = &finals->run->scene;

	if (finals->nr == finals->room) {
		finals->room = finals->room ? finals->room * 2 : 64;
		finals->digest = realloc(finals->digest, finals->room * sizeof(*finals->digest));
		if (!finals->digest)
			abort();
	}
	finals->digest[finals->nr++] = exec_digest(&finals->run->m->exec);
	return inner->judge ? inner->judge(inner->self) : true;
}

static int compare_digests(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct digest));
}

static void print_finals(struct finals *finals)
{
	qsort(finals->digest, finals->nr, sizeof(*finals->digest), compare_digests);
	for (size_t i = 0; i < finals->nr; i++) {
		const unsigned char *byte = (const void *)&finals->digest[i];

		if (i && digest_equal(finals->digest[i], finals->digest[i - 1]))
			continue;
		for (size_t k = 0; k < sizeof(*finals->digest); k++)
			printf("%02x", byte[k]);
		putchar('\n');
	}
}

/* One search; @oracles: those that end an order. Prints what it found; 0 if it saw everything. */
static int search(const struct numasim_scenario *scenario,
		  const struct numasim_scenario_params *params, uint32_t oracles)
{
	struct search_options options = {.oracles = oracles, .bound = NO_BOUND,
					 .max_states = MOST_STATES, .keep_going = !oracles};
	struct numasim_topology *topology;
	struct search_result result;
	struct numasim_error err = {0};
	struct finals finals = {0};
	struct scene scene = {note_final, &finals};
	int ret = scenario_open(&finals.run, &topology, scenario, params, &err);

	if (ret) {
		fprintf(stderr, "mutation-finals: %s\n", err.text);
		return ret;
	}
	ret = search_graph(&result, finals.run->m, &scene, &options);
	if (!ret && result.verdict == VERDICT_UNDECIDED)
		ret = -1;
	if (ret)
		fprintf(stderr, "mutation-finals: %s\n",
			result.stopped ? result.stopped : "the search failed");
	else if (oracles)
		printf("%s %s\n", result.verdict == VERDICT_HOLDS ? "holds" : "broken",
		       result.path ? numasim_oracle_name(result.violation.oracle) : "");
	else
		print_finals(&finals);
	search_result_clear(&result);
	scenario_close(finals.run, topology);
	free(finals.digest);
	return ret;
}

int main(int argc, char **argv)
{
	struct numasim_scenario_params params = {0};
	struct numasim_scenario *scenario;
	struct numasim_error err = {0};
	int ret;

	if (argc != 3) {
		fputs("usage: mutation-finals SCENARIO KERNEL\n", stderr);
		return 2;
	}
	if (numasim_scenario_load(&scenario, argv[1], &err)) {
		fprintf(stderr, "mutation-finals: %s\n", err.text);
		return 2;
	}
	params.release = argv[2];
	ret = search(scenario, &params, ORACLE_ALL);
	if (!ret) /* and again: nothing ends an order before its final state */
		ret = search(scenario, &params, 0);
	numasim_scenario_free(scenario);
	return ret ? 2 : 0;
}
