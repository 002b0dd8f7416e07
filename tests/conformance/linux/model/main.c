/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The conformance cases on a simulated machine; prints their lines.
 *
 *	conformance-model RELEASE SHAPE TOPOLOGY.xml [THEME | THEME/CASE ...]
 */
#include "model.h"
#include "words/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct model model;

void side_fail(const char *format, ...)
{
	va_list arguments;

	fflush(stdout);
	va_start(arguments, format);
	fputs("conformance: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	exit(1);
}

void side_print(const char *text, size_t length)
{
	if (fwrite(text, 1, length, stdout) != length)
		side_fail("cannot write");
}

int main(int argc, char **argv)
{
	struct numasim_error err = {0};

	if (argc < 4) {
		fprintf(stderr, "usage: %s RELEASE SHAPE TOPOLOGY [THEME | THEME/CASE]...\n",
			argv[0]);
		return 2;
	}
	model.release = argv[1];
	if (numasim_topology_load(&model.topology, argv[3], &err))
		side_fail("%s", err.text);
	run_cases(shape_by_name(argv[2]), (unsigned)argc - 4, (const char *const *)argv + 4);
	numasim_topology_free(model.topology);
	return 0;
}
