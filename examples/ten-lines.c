/* SPDX-License-Identifier: BSD-2-Clause */
#include <numasim/numasim.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	struct numasim_scenario *scenario;
	struct numasim_result *result;
	struct numasim_error err = {0};

	if (argc != 2 || numasim_scenario_load(&scenario, argv[1], &err) ||
	    numasim_scenario_explore(&result, scenario, NULL, NULL, &err))
		return fprintf(stderr, "%s\n", argc == 2 ? err.text : "usage: ten-lines FILE"), 2;
	printf("%s", numasim_result_witness(result) ?: "holds in every order\n");
}
