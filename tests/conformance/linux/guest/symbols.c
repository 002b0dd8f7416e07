/* SPDX-License-Identifier: BSD-2-Clause */
/* /proc/kallsyms: lines "ffffffff81000000 T name". */
#include "guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *all;

uint64_t symbol_address(const char *name)
{
	char wanted[128], *found;

	if (!all)
		all = file_read("/proc/kallsyms", NULL);
	if (!all)
		side_fail("cannot read /proc/kallsyms");
	snprintf(wanted, sizeof(wanted), " %s\n", name);
	found = strstr(all, wanted);
	if (!found)
		side_fail("the kernel has no symbol %s", name);
	while (found > all && found[-1] != '\n')
		found--;
	return strtoull(found, NULL, 16);
}
