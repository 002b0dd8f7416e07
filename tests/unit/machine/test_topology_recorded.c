/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Recorded machines, with what the real `numactl -H` printed on them. They are not part of the
 * project: the folder is the one that NUMASIM_TOPOLOGIES names, with
 *   xml/NAME.xml, xml-v3-refused/NAME.xml    hwloc XML
 *   numactl-H/NAME.txt                       golden text for some; "free" is the machine's own
 *   synthetic.txt                            descriptions, one a line
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <numasim/topology.h>

static const char *folder(void)
{
	const char *name = getenv("NUMASIM_TOPOLOGIES");

	return name && !access(name, R_OK) ? name : NULL;
}

static void find(glob_t *files, const char *pattern)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder(), pattern);
	if (glob(path, 0, NULL, files))
		fail_msg("no %s", path);
}

static struct numasim_topology *load(const char *what)
{
	struct numasim_topology *t;
	struct numasim_error err = {0};

	if (numasim_topology_load(&t, what, &err))
		fail_msg("%s", err.text);
	return t;
}

/* What every topology must be: each CPU on one node, and lists that agree. */
static void check_sound(const struct numasim_topology *t)
{
	const unsigned *nodes, *cpus, *all;
	size_t nr_nodes, nr_cpus, nr_all, n, c, sum = 0;
	unsigned node, distance;

	numasim_topology_nodes(&nodes, &nr_nodes, t);
	numasim_topology_cpus(&all, &nr_all, t);
	assert_true(nr_nodes && nr_all);
	for (n = 0; n < nr_nodes; n++) {
		assert_true(!n || nodes[n] > nodes[n - 1]);
		assert_int_equal(numasim_topology_node_cpus(&cpus, &nr_cpus, t, nodes[n]), 0);
		for (c = 0; c < nr_cpus; c++) {
			assert_true(!c || cpus[c] > cpus[c - 1]);
			assert_int_equal(numasim_topology_cpu_node(&node, t, cpus[c]), 0);
			assert_int_equal(node, nodes[n]);
		}
		sum += nr_cpus;
		for (c = 0; c < nr_nodes; c++) {
			numasim_topology_distance(&distance, t, nodes[n], nodes[c]);
			assert_in_range(distance, 1, 255);
		}
	}
	assert_int_equal(sum, nr_all);
}

static void recorded_machines_load(void **state)
{
	glob_t files;
	size_t i;

	find(&files, "xml/*.xml");
	assert_true(files.gl_pathc > 0);
	for (i = 0; i < files.gl_pathc; i++) {
		struct numasim_topology *t = load(files.gl_pathv[i]);

		check_sound(t);
		numasim_topology_free(t);
	}
	globfree(&files);
}

static void descriptions_load(void **state)
{
	glob_t files;
	char line[1024];
	size_t n = 0;
	FILE *file;

	find(&files, "synthetic.txt");
	file = fopen(files.gl_pathv[0], "r");
	assert_non_null(file);
	for (; fgets(line, sizeof(line), file); n++) {
		struct numasim_topology *t;

		line[strcspn(line, "\n")] = '\0';
		t = load(line);
		check_sound(t);
		numasim_topology_free(t);
	}
	assert_true(n > 0);
	fclose(file);
	globfree(&files);
}

static void the_format_of_hwloc_3_is_refused(void **state)
{
	struct numasim_error err;
	struct numasim_topology *t;
	glob_t files;
	size_t i;

	find(&files, "xml-v3-refused/*.xml");
	for (i = 0; i < files.gl_pathc; i++) {
		assert_int_equal(numasim_topology_load(&t, files.gl_pathv[i], &err), -EINVAL);
		assert_non_null(strstr(err.text, files.gl_pathv[i]));
		assert_non_null(strstr(err.text, " is in the format of hwloc 3 (<topology "
						 "version=\"3.0\">)"));
		assert_non_null(strstr(err.text, "--export-xml-flags v2"));
	}
	globfree(&files);
}

/* The next line of @text that is not "node N free: ..."; NULL at the end. */
static const char *next_line(const char *text, size_t *len)
{
	unsigned node;
	int end;

	for (; *text; text += *len) {
		*len = strcspn(text, "\n") + 1;
		end = 0;
		sscanf(text, "node %u free:%n", &node, &end);
		if (!end)
			return text;
	}
	return NULL;
}

static void compare_but_for_free(const char *name, const char *text, const char *golden)
{
	const char *a = text, *b = golden;
	size_t alen = 0, blen = 0;

	do {
		a = next_line(a + alen, &alen);
		b = next_line(b + blen, &blen);
		if (!a != !b || (a && (alen != blen || memcmp(a, b, alen))))
			fail_msg("%s: we print\n%.*s\nand numactl prints\n%.*s", name,
				 a ? (int)alen : 0, a ? a : "", b ? (int)blen : 0, b ? b : "");
	} while (a);
}

static char *read_text(const char *path)
{
	static const size_t most = 1 << 20;
	char *text = calloc(1, most);
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_true(fread(text, 1, most - 1, file) > 0);
	fclose(file);
	return text;
}

static void prints_what_numactl_printed(void **state)
{
	glob_t files;
	size_t i;

	find(&files, "numactl-H/*.txt");
	for (i = 0; i < files.gl_pathc; i++) {
		const char *name = strrchr(files.gl_pathv[i], '/') + 1;
		struct numasim_topology *t;
		char path[4096], *text, *golden;

		snprintf(path, sizeof(path), "%s/xml/%.*s.xml", folder(), (int)strlen(name) - 4,
			 name);
		t = load(path);
		assert_int_equal(numasim_topology_numactl(&text, t, NULL), 0);
		golden = read_text(files.gl_pathv[i]);
		compare_but_for_free(name, text, golden);
		free(golden);
		free(text);
		numasim_topology_free(t);
	}
	globfree(&files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_machines_load),
		cmocka_unit_test(descriptions_load),
		cmocka_unit_test(the_format_of_hwloc_3_is_refused),
		cmocka_unit_test(prints_what_numactl_printed),
	};

	/* CMocka's skip() is "not ok" in TAP; this is how TAP skips a whole program. */
	if (!folder()) {
		puts("1..0 # SKIP skipped: NUMASIM_TOPOLOGIES names no folder");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
