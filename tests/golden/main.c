/* SPDX-License-Identifier: BSD-2-Clause */
/* Print what the scenarios show on a release: golden RELEASE. Compared by compare.py. */
#include "golden.h"

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
		}
		if (g.system)
			golden_end(&g);
		golden_close(&g);
	}
	return status;
}
