/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of /proc and /sys that one writes to, and counters. */
#include "mm/hooks.h"
#include "mm/hugetlb.h"
#include "mm/mempolicy.h"
#include "mm/ranges.h"
#include "mm/swap.h"
#include "mm/zone.h"
#include "sim/system.h"

#include <numasim/system_calls.h>

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static int number(uint64_t *value, const char *text, uint64_t most)
{
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return errno || *end || *value > most ? -EINVAL : 0;
}

static long write_clear_refs(struct numasim_process *process, const char *text)
{
	uint64_t what;

	if (number(&what, text, 5))
		return -EINVAL;
	return IN_PROCESS(process, clear_refs(process->task->mm, (int)what));
}

static long write_nr_hugepages(struct numasim_process *process, const char *text)
{
	uint64_t nr;
	long got;

	if (number(&nr, text, UINT32_MAX))
		return -EINVAL;
	got = IN_PROCESS(process, hugetlb_set_pool(nr));
	return got < 0 ? got : 0;
}

static long write_thp(struct numasim_process *process, const char *text)
{
	static const char *const mode[] = {[THP_NEVER] = "never", [THP_MADVISE] = "madvise",
					   [THP_ALWAYS] = "always"};

	for (unsigned i = 0; i < sizeof(mode) / sizeof(mode[0]); i++)
		if (!strcmp(text, mode[i])) {
			process->system->machine->mm->thp = (enum thp_mode)i;
			return 0;
		}
	return -EINVAL;
}

static long set_weight(struct numasim_process *process, unsigned node, uint8_t weight)
{
	return IN_PROCESS(process, mpol_set_weight(process->system->machine, node, weight));
}

/* node_store() of v6.9 mm/mempolicy.c. */
static long write_weight(struct numasim_process *process, const char *node, const char *text)
{
	uint64_t id, weight = 0;

	if (number(&id, node, MPOL_MAX_NODES - 1))
		return -ENOENT;
	if (*text && (number(&weight, text, UINT8_MAX) || !weight))
		return -EINVAL;
	return set_weight(process, (unsigned)id, (uint8_t)weight);
}

#define WEIGHT_FILE "/sys/kernel/mm/mempolicy/weighted_interleave/node"
#define NUMA_FOLDER "/sys/kernel/debug/sched/numa_balancing/"
#define KNOB(field)  offsetof(struct numa_knobs, field)

static const struct {
	const char *path;
	size_t place;
	uint32_t least, most;
} knobs[] = {
	{"/proc/sys/kernel/numa_balancing", KNOB(mode), 0, 1},
	{NUMA_FOLDER "scan_delay_ms", KNOB(scan_delay), 0, UINT32_MAX},
	{NUMA_FOLDER "scan_period_min_ms", KNOB(scan_period_min), 0, UINT32_MAX},
	{NUMA_FOLDER "scan_period_max_ms", KNOB(scan_period_max), 0, UINT32_MAX},
	{NUMA_FOLDER "scan_size_mb", KNOB(scan_size), 1, UINT32_MAX >> 8},
};

static const struct {
	const char *path;
	long (*write)(struct numasim_process *process, const char *text);
} files[] = {
	{"/proc/self/clear_refs", write_clear_refs},
	{"/proc/sys/vm/nr_hugepages", write_nr_hugepages},
	{"/sys/kernel/mm/transparent_hugepage/enabled", write_thp},
};

static long write_line(struct numasim_process *process, const char *path, const char *text)
{
	char *field = (char *)process->system->machine->mm->numa_knobs;
	uint64_t value;

	for (unsigned i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (!strcmp(path, files[i].path))
			return files[i].write(process, text);
	if (!strncmp(path, WEIGHT_FILE, strlen(WEIGHT_FILE)))
		return write_weight(process, path + strlen(WEIGHT_FILE), text);
	for (unsigned i = 0; i < sizeof(knobs) / sizeof(knobs[0]); i++) {
		if (strcmp(path, knobs[i].path))
			continue;
		if (number(&value, text, knobs[i].most) || value < knobs[i].least)
			return -EINVAL;
		*(uint32_t *)(field + knobs[i].place) = (uint32_t)value;
		return 0;
	}
	return -ENOENT;
}

long numasim_write_file(struct numasim_process *process, const char *path, const char *text)
{
	size_t length = strlen(text);
	char *line;
	long ret;

	if (!length || text[length - 1] != '\n')
		return write_line(process, path, text);
	line = strndup(text, length - 1);
	ret = line ? write_line(process, path, line) : -ENOMEM;
	free(line);
	return ret;
}

long numasim_sys_swapon(struct numasim_process *process, uint64_t pages)
{
	struct numasim_machine *m = process->system->machine;

	if (m->mm->swap)
		return -EBUSY;
	return IN_PROCESS(process, swap_on(m, pages));
}

static uint64_t numa_stat_sum(const struct numasim_machine *m, enum numa_stat stat)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < m->nr_nodes; i++)
		sum += zone_of(m, i)->stat[stat];
	return sum;
}

int numasim_vmstat(uint64_t *value, const struct numasim_system *system, const char *name)
{
	static const char *const event_name[] = {
#define X(id, text) text,
		VM_EVENTS(X)
#undef X
	};
	static const char *const numa_name[] = {
		[NUMA_STAT_HIT] = "numa_hit",
		[NUMA_STAT_MISS] = "numa_miss",
		[NUMA_STAT_FOREIGN] = "numa_foreign",
		[NUMA_STAT_INTERLEAVE_HIT] = "numa_interleave",
		[NUMA_STAT_LOCAL] = "numa_local",
		[NUMA_STAT_OTHER] = "numa_other",
	};

	for (unsigned i = 0; i < VM_EVENT_NR; i++)
		if (!strcmp(name, event_name[i])) {
			*value = system->machine->mm->vm_event[i];
			return 0;
		}
	for (unsigned i = 0; i < NUMA_STAT_NR; i++)
		if (!strcmp(name, numa_name[i])) {
			*value = numa_stat_sum(system->machine, (enum numa_stat)i);
			return 0;
		}
	return -ENOENT;
}
