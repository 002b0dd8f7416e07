/* SPDX-License-Identifier: BSD-2-Clause */
/* The project's own topology files, for tests. */
#ifndef TOPOLOGY_FILES_TEST_H
#define TOPOLOGY_FILES_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "machine/topology_data.h" /* made by the build: TOPOLOGY_DATA */
#include "machine/topology_load.h"

/* All of a file; free() it. */
static inline void slurp(char **text, const char *path)
{
	struct numasim_error err;
	size_t len;

	if (topology_read_file(text, &len, path, 1 << 20, &err))
		fail_msg("%s", err.text);
}

/* @path with its ".xml" replaced. */
static inline char *beside(const char *path, const char *ending)
{
	char *other = strdup(path);

	strcpy(other + strlen(other) - 4, ending);
	return other;
}

#endif
