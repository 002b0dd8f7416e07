/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /sys/devices/system/node: drivers/base/node.c of v3.8 to v6.12, and what real 6.1 and 6.12
 * kernels printed there. `%8lu kB` and the widths of the names are the kernel's.
 *
 *	online possible has_cpu has_memory has_normal_memory	"0-1,8"
 *	node<N>/cpulist cpumap			"0-3"	"f", in words of 32 bits: "1,00000000"
 *	node<N>/distance			"10 21 28", to each node that is online
 *	node<N>/meminfo				"Node 0 MemTotal:        1048576 kB"
 *	node<N>/numastat			proc_vmstat.c
 *
 * Of meminfo there are the lines of all memory: what it is used for is not counted by node here. A
 * frame that a CPU keeps in its lists is not free, as on a real one.
 */
#include "report/proc.h"
#include "x86/cpu.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "/sys/devices/system/node/"

static bool any(const struct numasim_machine *m, unsigned node)
{
	return true;
}

static bool with_cpu(const struct numasim_machine *m, unsigned node)
{
	for (unsigned i = 0; i < m->nr_cpus; i++)
		if (m->cpu[i].node == node)
			return true;
	return false;
}

static bool with_memory(const struct numasim_machine *m, unsigned node)
{
	return m->node[node].nr_frames;
}

/* Ascending numbers, printed as ranges: "0-2,8". A range is printed when it is known to end. */
struct list {
	FILE *out;
	const char *comma; /* NULL: no number has come yet */
	unsigned first, last;
};

static void list_print(const struct list *list)
{
	fprintf(list->out, "%s%u", list->comma, list->first);
	if (list->last > list->first)
		fprintf(list->out, "-%u", list->last);
}

static void list_add(struct list *list, unsigned number)
{
	if (!list->comma) {
		list->comma = "";
		list->first = number;
	} else if (number != list->last + 1) {
		list_print(list);
		list->comma = ",";
		list->first = number;
	}
	list->last = number;
}

static void list_end(const struct list *list)
{
	if (list->comma)
		list_print(list);
	fputc('\n', list->out);
}

static void print_nodes(FILE *out, const struct numasim_machine *m,
			bool (*is_in)(const struct numasim_machine *m, unsigned node))
{
	struct list list = {.out = out};

	for (unsigned node = 0; node < m->nr_nodes; node++)
		if (is_in(m, node))
			list_add(&list, m->node[node].id);
	list_end(&list);
}

static void print_cpulist(FILE *out, const struct numasim_machine *m, unsigned node)
{
	struct list list = {.out = out};

	for (unsigned i = 0; i < m->nr_cpus; i++)
		if (m->cpu[i].node == node)
			list_add(&list, m->cpu[i].id);
	list_end(&list);
}

/* The first word has as many digits as the CPUs of the machine need, the others eight. */
static void print_cpumap(FILE *out, const struct numasim_machine *m, unsigned node)
{
	unsigned bits = m->cpu[m->nr_cpus - 1].id + 1;

	for (unsigned word = (bits + 31) / 32; word--;) {
		unsigned here = bits - 32 * word < 32 ? bits - 32 * word : 32;
		uint32_t value = 0;

		for (unsigned i = 0; i < m->nr_cpus; i++)
			if (m->cpu[i].node == node && m->cpu[i].id / 32 == word)
				value |= UINT32_C(1) << m->cpu[i].id % 32;
		fprintf(out, "%0*" PRIx32 "%c", (int)(here + 3) / 4, value, word ? ',' : '\n');
	}
}

static void print_distance(FILE *out, const struct numasim_machine *m, unsigned node)
{
	for (unsigned to = 0; to < m->nr_nodes; to++)
		fprintf(out, "%s%u", to ? " " : "", machine_distance(m, node, to));
	fputc('\n', out);
}

static void print_meminfo(FILE *out, const struct numasim_machine *m, unsigned node)
{
	uint64_t total = m->node[node].nr_frames, free_frames = m->node[node].nr_free;
	unsigned id = m->node[node].id;
	const unsigned kib = FRAME_SIZE / 1024;

	fprintf(out, "Node %u MemTotal:       %8" PRIu64 " kB\n", id, total * kib);
	fprintf(out, "Node %u MemFree:        %8" PRIu64 " kB\n", id, free_frames * kib);
	fprintf(out, "Node %u MemUsed:        %8" PRIu64 " kB\n", id, (total - free_frames) * kib);
}

static const struct {
	const char *name;
	bool (*has)(const struct numasim_machine *m, unsigned node);
} of_all[] = {
	{"online", any},
	{"possible", any},
	{"has_cpu", with_cpu},
	{"has_memory", with_memory},
	{"has_normal_memory", with_memory},
};

static const struct {
	const char *name;
	void (*print)(FILE *out, const struct numasim_machine *m, unsigned node);
} of_node[] = {
	{"cpulist", print_cpulist}, {"cpumap", print_cpumap},	{"distance", print_distance},
	{"meminfo", print_meminfo}, {"numastat", proc_numastat},
};

#define NR_OF_ALL  (sizeof(of_all) / sizeof(of_all[0]))
#define NR_OF_NODE (sizeof(of_node) / sizeof(of_node[0]))

/* "node8/meminfo": the index of that node, and the rest of the path; or -ENOENT. */
static int node_in_path(const char **rest, const struct numasim_machine *m, const char *path)
{
	unsigned long id;
	char *end;

	if (strncmp(path, "node", 4) || path[4] < '0' || path[4] > '9')
		return -ENOENT;
	errno = 0;
	id = strtoul(path + 4, &end, 10);
	if (errno || id > UINT32_MAX || *end != '/')
		return -ENOENT;
	*rest = end + 1;
	return machine_node_index(m, id);
}

int proc_node_file(FILE *out, const struct numasim_machine *m, const char *path)
{
	int node;

	if (strncmp(path, FOLDER, strlen(FOLDER)))
		return -ENOENT;
	path += strlen(FOLDER);
	for (unsigned i = 0; i < NR_OF_ALL; i++)
		if (!strcmp(path, of_all[i].name)) {
			print_nodes(out, m, of_all[i].has);
			return 0;
		}
	node = node_in_path(&path, m, path);
	if (node < 0)
		return node;
	for (unsigned i = 0; i < NR_OF_NODE; i++)
		if (!strcmp(path, of_node[i].name)) {
			of_node[i].print(out, m, node);
			return 0;
		}
	return -ENOENT;
}

int proc_node_path(char *path, size_t size, const struct numasim_machine *m, unsigned number)
{
	unsigned node = 0;

	if (number < NR_OF_ALL)
		return snprintf(path, size, FOLDER "%s", of_all[number].name);
	number -= NR_OF_ALL;
	node = number / NR_OF_NODE;
	if (node >= m->nr_nodes)
		return -ENOENT;
	return snprintf(path, size, FOLDER "node%u/%s", m->node[node].id,
			of_node[number % NR_OF_NODE].name);
}
