/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of /sys/devices/system/node: as real kernels print them, of several machines. */
#include "../sim/sim_world.h"

#include "sim/system.h"

#include <sys/stat.h>
#include <unistd.h>

#define SYSFS "/sys/devices/system/node/"

/* The computer that a real 6.1 kernel printed the expected texts on, but for memory that it keeps:
 * CPUs 0-1, 2-3 and none; distances as its firmware had them. */
static struct numasim_topology *three_nodes(void)
{
	static const uint8_t distance[] = {10, 21, 28, 21, 10, 28, 28, 28, 10};
	struct numasim_topology *t = topology_new(3, 4, 0);

	assert_non_null(t);
	for (unsigned i = 0; i < 3; i++) {
		t->node_id[i] = i;
		t->memory[i] = UINT64_C(64) << 20;
		t->first_cpu[i + 1] = i < 2 ? 2 * (i + 1) : 4;
	}
	for (unsigned i = 0; i < 4; i++) {
		t->cpu_id[i] = t->node_cpus[i] = i;
		t->cpu_node[i] = i / 2;
	}
	memcpy(t->distance, distance, sizeof(distance));
	return t;
}

/* Nodes 0, 8, 9 and 200; 8 has CPUs and no memory. CPUs 0 and 40 are node 0's, 1 to 3 node 8's. */
static struct numasim_topology *sparse(void)
{
	static const unsigned id[] = {0, 8, 9, 200}, first[] = {0, 2, 5, 5, 5};
	static const unsigned cpu[] = {0, 1, 2, 3, 40}, node[] = {0, 1, 1, 1, 0};
	static const unsigned by_node[] = {0, 40, 1, 2, 3};
	struct numasim_topology *t = topology_new(4, 5, 0);

	assert_non_null(t);
	memcpy(t->node_id, id, sizeof(id));
	memcpy(t->first_cpu, first, sizeof(first));
	memcpy(t->cpu_id, cpu, sizeof(cpu));
	memcpy(t->cpu_node, node, sizeof(node));
	memcpy(t->node_cpus, by_node, sizeof(by_node));
	for (unsigned i = 0; i < 4; i++)
		t->memory[i] = i == 1 ? 0 : UINT64_C(64) << 20;
	topology_default_distances(t);
	return t;
}

static void open_on(struct sim_world *w, struct numasim_topology *topology)
{
	struct numasim_system_options options = {.topology = topology, .release = "v6.1"};

	memset(w, 0, sizeof(*w));
	w->topology = topology;
	if (numasim_system_create(&w->system, &options, &w->err) ||
	    numasim_process_create(&w->p, w->system, "P", 0, &w->err))
		fail_msg("%s", w->err.text);
}

static char *contents(struct sim_world *w, const char *path)
{
	char *text;
	size_t length;

	if (numasim_read_file(&text, &length, w->p, path))
		fail_msg("%s cannot be read", path);
	assert_int_equal(length, strlen(text));
	return text;
}

static void expect(struct sim_world *w, const char *name, const char *want)
{
	char path[128], *text;

	snprintf(path, sizeof(path), SYSFS "%s", name);
	text = contents(w, path);
	assert_string_equal(text, want);
	free(text);
}

static void as_a_real_kernel(void **state)
{
	struct sim_world w;

	open_on(&w, three_nodes());
	expect(&w, "online", "0-2\n");
	expect(&w, "possible", "0-2\n");
	expect(&w, "has_cpu", "0-1\n");
	expect(&w, "has_memory", "0-2\n");
	expect(&w, "has_normal_memory", "0-2\n");
	expect(&w, "node0/cpulist", "0-1\n");
	expect(&w, "node0/cpumap", "3\n");
	expect(&w, "node1/cpumap", "c\n");
	expect(&w, "node2/cpulist", "\n");
	expect(&w, "node2/cpumap", "0\n");
	expect(&w, "node0/distance", "10 21 28\n");
	expect(&w, "node1/distance", "21 10 28\n");
	expect(&w, "node2/meminfo",
	       "Node 2 MemTotal:          65536 kB\n"
	       "Node 2 MemFree:           65536 kB\n"
	       "Node 2 MemUsed:               0 kB\n");
	sim_close(&w);
}

static void sparse_ids(void **state)
{
	struct sim_world w;

	open_on(&w, sparse());
	expect(&w, "online", "0,8-9,200\n");
	expect(&w, "has_cpu", "0,8\n");
	expect(&w, "has_memory", "0,9,200\n");
	expect(&w, "node0/cpulist", "0,40\n");
	expect(&w, "node0/cpumap", "100,00000001\n");
	expect(&w, "node8/cpulist", "1-3\n");
	expect(&w, "node8/cpumap", "000,0000000e\n");
	expect(&w, "node200/cpumap", "000,00000000\n");
	expect(&w, "node200/distance", "20 20 20 10\n");
	expect(&w, "node8/meminfo",
	       "Node 8 MemTotal:              0 kB\n"
	       "Node 8 MemFree:               0 kB\n"
	       "Node 8 MemUsed:               0 kB\n");
	sim_close(&w);
}

/* The number behind @word. */
static unsigned long long number(struct sim_world *w, const char *path, const char *word)
{
	unsigned long long value = 0;
	char *text, *at;
	int found;

	assert_int_equal(numasim_read_file(&text, NULL, w->p, path), 0);
	at = strstr(text, word);
	found = at ? sscanf(at + strlen(word), " %llu", &value) : 0;
	free(text);
	assert_int_equal(found, 1);
	return value;
}

/* What is used is no longer free, on the node where it is; a huge page leaves no rest in lists. */
static void memory_in_use(void **state)
{
	unsigned long long free_before, used;
	struct sim_world w;
	uint64_t at;

	sim_open(&w, "v6.1", NUMASIM_THP_ALWAYS);
	free_before = number(&w, SYSFS "node0/meminfo", "MemFree:");
	at = (uint64_t)numasim_sys_mmap(w.p, 4 * HPG, HPG, RW,
					MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	assert_int_equal(at, 4 * HPG);
	assert_int_equal(numasim_process_store(w.p, at, 1), 0);
	used = number(&w, SYSFS "node0/meminfo", "MemUsed:");
	assert_true(used >= 2048);
	assert_int_equal(free_before - number(&w, SYSFS "node0/meminfo", "MemFree:"),
			 used - (131072 - free_before));
	assert_int_equal(number(&w, SYSFS "node1/meminfo", "MemUsed:"), 0);
	assert_int_equal(number(&w, "/proc/vmstat", "nr_free_pages"),
			 (number(&w, SYSFS "node0/meminfo", "MemFree:") +
			  number(&w, SYSFS "node1/meminfo", "MemFree:")) / 4);
	sim_close(&w);
}

static void no_such_files(void **state)
{
	static const char *const paths[] = {
		SYSFS,	       SYSFS "onlin",	      SYSFS "online/",	   SYSFS "node0",
		SYSFS "node0/", SYSFS "node0/meminf", SYSFS "node3/meminfo", SYSFS "node0meminfo",
	};
	struct sim_world w;
	char *text;

	open_on(&w, three_nodes());
	for (unsigned i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		assert_int_equal(numasim_read_file(&text, NULL, w.p, paths[i]), -ENOENT);
	sim_close(&w);
}

/* ---- as files ---- */

static void remove_tree(const char *folder)
{
	char command[256];

	snprintf(command, sizeof(command), "rm -r '%s'", folder);
	assert_int_equal(system(command), 0);
}

static void expect_file(struct sim_world *w, const char *folder, const char *name)
{
	char path[256], text[512] = "";
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "r");
	if (!file)
		fail_msg("%s was not written", path);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	expect(w, name, text);
}

static void written(void **state)
{
	char folder[] = "/tmp/numasim-nodes-XXXXXX";
	struct sim_world w;

	assert_non_null(mkdtemp(folder));
	open_on(&w, three_nodes());
	for (unsigned i = 0; i < 2; i++) { /* the second time they are there already */
		assert_int_equal(numasim_write_nodes(folder, w.system, &w.err), 0);
		expect_file(&w, folder, "online");
		expect_file(&w, folder, "has_normal_memory");
		expect_file(&w, folder, "node0/cpulist");
		expect_file(&w, folder, "node2/numastat");
		expect_file(&w, folder, "node2/meminfo");
	}
	sim_close(&w);
	remove_tree(folder);
}

static void not_written(void **state)
{
	char folder[] = "/tmp/numasim-nodes-XXXXXX", path[8192];
	struct sim_world w;

	assert_non_null(mkdtemp(folder));
	open_on(&w, three_nodes());
	snprintf(path, sizeof(path), "%s/no/such", folder);
	assert_int_equal(numasim_write_nodes(path, w.system, &w.err), -ENOENT);
	assert_non_null(strstr(w.err.text, path));
	snprintf(path, sizeof(path), "%s/node1", folder);
	fclose(fopen(path, "w")); /* a file where a folder is to be */
	assert_int_equal(numasim_write_nodes(folder, w.system, &w.err), -EEXIST);
	assert_int_equal(numasim_write_nodes(path, w.system, NULL), -EEXIST);
	unlink(path);
	snprintf(path, sizeof(path), "%s/online", folder);
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0); /* a folder where a file is to be */
	assert_int_equal(numasim_write_nodes(folder, w.system, &w.err), -EISDIR);
	memset(path, 'x', sizeof(path));
	path[5000] = '\0';
	assert_int_equal(numasim_write_nodes(path, w.system, &w.err), -ENAMETOOLONG);
	w.system->dead = true;
	assert_int_equal(numasim_write_nodes(folder, w.system, &w.err), -EFAULT);
	w.system->dead = false;
	sim_close(&w);
	remove_tree(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_a_real_kernel), cmocka_unit_test(sparse_ids),
		cmocka_unit_test(memory_in_use),    cmocka_unit_test(no_such_files),
		cmocka_unit_test(written),	    cmocka_unit_test(not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
