/* SPDX-License-Identifier: BSD-2-Clause */
/* Print what the scenarios show on a release: golden RELEASE. Compared by compare.py. */
#include "golden.h"

/* The books are right, and every entry on the way was one that a kernel could have made. */
static int audit(const struct golden *g)
{
	struct numasim_error err;

	if (!numasim_system_audit(g->system, &err))
		return 0;
	printf("NOTE %s: %s\n", g->scenario, err.text);
	return 1;
}

int main(int argc, char **argv)
{
	int status = 0;

	if (argc != 2)
		return fprintf(stderr, "usage: golden RELEASE\n"), 2;
	for (unsigned i = 0; i < golden_nr_scenarios; i++) {
		struct golden g = {.scenario = golden_scenarios[i].name, .out = stdout};
		int ret = golden_open(&g, argv[1]);

		if (!ret)
			ret = golden_start(&g) ?: golden_scenarios[i].run(&g);
		if (ret) {
			printf("NOTE %s ended with %d\n", g.scenario, ret);
			status = 1;
		} else {
			status |= audit(&g);
		}
		if (g.system)
			golden_end(&g);
		golden_close(&g);
	}
	return status;
}
