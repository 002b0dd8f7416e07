/* SPDX-License-Identifier: BSD-2-Clause */
/* From a name to a topology: files, descriptions, this host, memory; also from many threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <glob.h>
#include <numa.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "topology_files_test.h"

static char *loaded_text(const char *what)
{
	struct numasim_topology *t;
	struct numasim_error err = {0};
	char *text;

	if (numasim_topology_load(&t, what, &err))
		fail_msg("%s", err.text);
	assert_int_equal(numasim_topology_numactl(&text, t, NULL), 0);
	numasim_topology_free(t);
	return text;
}

static void good_files_print_what_stands_beside_them(void **state)
{
	glob_t files;
	size_t i;

	assert_int_equal(glob(TOPOLOGY_DATA "/good/*.xml", 0, NULL, &files), 0);
	assert_true(files.gl_pathc >= 15);
	for (i = 0; i < files.gl_pathc; i++) {
		char *golden = beside(files.gl_pathv[i], ".txt"), *expected;
		char *text = loaded_text(files.gl_pathv[i]);

		slurp(&expected, golden);
		if (strcmp(text, expected))
			fail_msg("%s:\n%s", files.gl_pathv[i], text);
		free(text);
		free(expected);
		free(golden);
	}
	globfree(&files);
}

static void where_distances_come_from(void **state)
{
	static const struct {
		const char *file;
		enum numasim_distances source;
	} cases[] = {
		{"asymmetric", NUMASIM_DISTANCES_RECORDED},
		{"odd-local-distance", NUMASIM_DISTANCES_RECORDED},
		{"no-distances", NUMASIM_DISTANCES_DEFAULT},
		{"bandwidth-only", NUMASIM_DISTANCES_DEFAULT},
		{"partial-distances", NUMASIM_DISTANCES_PARTIAL},
		{"unusable-distances", NUMASIM_DISTANCES_UNUSABLE},
		{"zero-distance", NUMASIM_DISTANCES_UNUSABLE},
	};
	struct numasim_topology *t;
	char path[512];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		snprintf(path, sizeof(path), TOPOLOGY_DATA "/good/%s.xml", cases[i].file);
		assert_int_equal(numasim_topology_load(&t, path, NULL), 0);
		assert_int_equal(numasim_topology_distances(t), cases[i].source);
		numasim_topology_free(t);
	}
}

static void lost_cpus_are_told(void **state)
{
	struct numasim_topology *t;
	const unsigned *ids;
	size_t nr;

	assert_int_equal(numasim_topology_load(&t, TOPOLOGY_DATA "/good/lost-cpus.xml", NULL), 0);
	numasim_topology_lost_cpus(&ids, &nr, t);
	assert_int_equal(nr, 2);
	assert_int_equal(ids[0], 2);
	assert_int_equal(ids[1], 3);
	numasim_topology_free(t);
}

static void descriptions_are_loaded(void **state)
{
	char *text = loaded_text("numa:2(memory=3MiB) core:1 pu:2(indexes=0,2,1,3)");

	assert_string_equal(text, "available: 2 nodes (0-1)\n"
				  "node 0 cpus: 0 2\nnode 0 size: 3 MB\nnode 0 free: 3 MB\n"
				  "node 1 cpus: 1 3\nnode 1 size: 3 MB\nnode 1 free: 3 MB\n"
				  "node distances:\nnode   0   1 \n  0:  10  20 \n  1:  20  10 \n");
	free(text);
}

static void the_limits_can_be_reached(void **state)
{
	struct numasim_topology *t;
	const unsigned *ids;
	size_t nr;

	assert_int_equal(numasim_topology_load(&t, "numa:1024 pu:1", NULL), 0);
	numasim_topology_nodes(&ids, &nr, t);
	assert_int_equal(nr, NUMASIM_TOPOLOGY_MAX_NODES);
	numasim_topology_free(t);
	assert_int_equal(numasim_topology_load(&t, "numa:64 core:64 pu:2", NULL), 0);
	numasim_topology_cpus(&ids, &nr, t);
	assert_int_equal(nr, NUMASIM_TOPOLOGY_MAX_CPUS);
	numasim_topology_free(t);
}

/* Hand-written numbers inside attributes and attached nodes are no levels. */
static void only_levels_count_as_cpus(void **state)
{
	char *text = loaded_text("pack:2 [numa(memory=100000)] core:2(indexes=1,0,2,3) pu:1");

	assert_memory_equal(text, "available: 2 nodes (0-1)\nnode 0 cpus: 0 1\n", 42);
	free(text);
}

static void memory_holds_a_topology_as_well(void **state)
{
	struct numasim_topology *t;
	struct numasim_error err;
	unsigned distance;
	char *xml, *tight;
	size_t len;

	slurp(&xml, TOPOLOGY_DATA "/good/asymmetric.xml");
	len = strlen(xml);
	tight = malloc(len); /* no zero behind it */
	memcpy(tight, xml, len);
	assert_int_equal(numasim_topology_load_xml(&t, tight, len, &err), 0);
	assert_int_equal(numasim_topology_distance(&distance, t, 1, 0), 0);
	assert_int_equal(distance, 25);
	numasim_topology_free(t);
	assert_int_equal(numasim_topology_load_xml(&t, NULL, 0, &err), -EINVAL);
	assert_string_equal(err.text, "the XML in memory is empty: write a machine's topology with "
				      "`lstopo --of xml NEW.xml`");
	assert_int_equal(numasim_topology_load_xml(&t, tight, NUMASIM_TOPOLOGY_MAX_XML + 1, &err),
			 -EFBIG);
	assert_int_equal(numasim_topology_load_xml(&t, "<topology>\0<", 12, &err), -EINVAL);
	free(tight);
	free(xml);
}

/* Cut anywhere, or with any one byte changed, a file gives a topology or an error, never more. */
static void every_damage_is_survived(void **state)
{
	size_t len, i, step = getenv("LD_PRELOAD") ? 211 : 23, loaded = 0;
	struct numasim_topology *t;
	char *xml;

	slurp(&xml, TOPOLOGY_DATA "/good/sparse-ids.xml");
	len = strlen(xml);
	for (i = 0; i < len; i += step) {
		char was = xml[i];

		assert_int_equal(numasim_topology_load_xml(&t, xml, i, NULL), -EINVAL);
		xml[i] ^= 1 + i % 7;
		if (!numasim_topology_load_xml(&t, xml, len, NULL)) {
			numasim_topology_free(t);
			loaded++;
		}
		xml[i] = was;
	}
	assert_true(loaded > 0);
	free(xml);
}

/* What libnuma says of this machine is what we say of it. */
static void the_host_is_as_libnuma_sees_it(void **state)
{
	struct numasim_topology *t;
	struct numasim_error err;
	const unsigned *nodes;
	size_t nr, i, j;
	uint64_t bytes;
	unsigned distance;

	if (numa_available() < 0 || !numa_num_configured_nodes()) { /* no /sys, in some chroots */
		print_message("# skipped: libnuma sees no node here\n");
		return;
	}
	if (numasim_topology_load(&t, "host", &err))
		fail_msg("%s", err.text);
	numasim_topology_nodes(&nodes, &nr, t);
	assert_int_equal(nr, numa_num_configured_nodes());
	for (i = 0; i < nr; i++) {
		assert_int_equal(numasim_topology_node_memory(&bytes, t, nodes[i]), 0);
		assert_int_equal(bytes, numa_node_size64((int)nodes[i], NULL));
		for (j = 0; j < nr; j++) {
			numasim_topology_distance(&distance, t, nodes[i], nodes[j]);
			assert_int_equal(distance, numa_distance((int)nodes[i], (int)nodes[j]));
		}
	}
	numasim_topology_free(t);
}

/* The environment of the caller must not choose the topology. */
static void the_environment_changes_nothing(void **state)
{
	char *text;

	setenv("HWLOC_SYNTHETIC", "numa:4 pu:1", 1);
	setenv("HWLOC_XMLFILE", "/nonexistent", 1);
	setenv("HWLOC_COMPONENTS", "stop", 1);
	text = loaded_text("numa:3 pu:1");
	assert_memory_equal(text, "available: 3 nodes (0-2)\n", 25);
	free(text);
	unsetenv("HWLOC_SYNTHETIC");
	unsetenv("HWLOC_XMLFILE");
	unsetenv("HWLOC_COMPONENTS");
}

static void a_fifo_will_do(void **state)
{
	char dir[] = "/tmp/numasim-test-XXXXXX", path[64], *text;
	pid_t writer;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/fifo", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	writer = fork();
	if (!writer) {
		execlp("cp", "cp", TOPOLOGY_DATA "/good/asymmetric.xml", path, (char *)NULL);
		_exit(1);
	}
	text = loaded_text(path);
	assert_non_null(strstr(text, "  1:  25  10 \n"));
	free(text);
	unlink(path);
	rmdir(dir);
}

static void *load_many(void *arg)
{
	struct numasim_topology *t;
	uintptr_t failures = 0;
	int i;

	for (i = 0; i < *(int *)arg; i++) {
		failures += numasim_topology_load(&t, "numa:2 core:2 pu:1", NULL) != 0;
		numasim_topology_free(t);
		failures += numasim_topology_load(&t, "numa:2 core", NULL) != -EINVAL;
	}
	return (void *)failures;
}

static void threads_may_load_at_once(void **state)
{
	pthread_t threads[6];
	int times = getenv("LD_PRELOAD") ? 2 : 25;
	void *failures;
	size_t i;

	for (i = 0; i < 6; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, load_many, &times), 0);
	for (i = 0; i < 6; i++) {
		pthread_join(threads[i], &failures);
		assert_null(failures);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_files_print_what_stands_beside_them),
		cmocka_unit_test(where_distances_come_from),
		cmocka_unit_test(lost_cpus_are_told),
		cmocka_unit_test(descriptions_are_loaded),
		cmocka_unit_test(the_limits_can_be_reached),
		cmocka_unit_test(only_levels_count_as_cpus),
		cmocka_unit_test(memory_holds_a_topology_as_well),
		cmocka_unit_test(every_damage_is_survived),
		cmocka_unit_test(the_host_is_as_libnuma_sees_it),
		cmocka_unit_test(the_environment_changes_nothing),
		cmocka_unit_test(a_fifo_will_do),
		cmocka_unit_test(threads_may_load_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
