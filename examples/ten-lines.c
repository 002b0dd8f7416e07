/* SPDX-License-Identifier: BSD-2-Clause */
#include <numasim/numasim.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	const char *text = "NUMASIM two-columns \"a store and a load of the same word\""
			   "{ P: mmap x 4K; } a @node0 | b @node1 ; P:x = 1 | r0 = P:x ;"
			   "~exists (b:r0 = 1)";
	struct numasim_scenario *scenario;
	struct numasim_result *result;
	struct numasim_error err = {0};

	if (numasim_scenario_parse(&scenario, text, strlen(text), NULL, &err) ||
	    numasim_scenario_explore(&result, scenario, NULL, NULL, &err))
		return fprintf(stderr, "%s\n", err.text), 2;
	puts(numasim_result_witness(result) ? "there is such an order" : "no order does that");
	numasim_result_free(result);
	numasim_scenario_free(scenario);
}
