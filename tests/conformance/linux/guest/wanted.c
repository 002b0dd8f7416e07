/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's command line says what to run: shape=NAME, cases=THEME,THEME/CASE... */
#include "guest.h"
#include "words/words.h"

#include <string.h>

#define MAX_CASES 64

void guest_run(void)
{
	char *shape = command_line("shape"), *list = command_line("cases");
	const char *wanted[MAX_CASES];
	unsigned nr = 0;

	if (!shape)
		side_fail("the kernel's command line does not say shape=");
	for (char *name = list ? strtok(list, ",") : NULL; name; name = strtok(NULL, ",")) {
		if (nr == MAX_CASES)
			side_fail("more than %d cases are named", MAX_CASES);
		wanted[nr++] = name;
	}
	run_cases(shape_by_name(shape), nr, wanted);
}
