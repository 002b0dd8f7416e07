/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of a system's /proc and /sys. */
#include "report/proc.h"
#include "report/words.h"
#include "sim/system.h"

#include <numasim/proc.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A process that has exited shows no mappings. */
static int print_maps(FILE *out, struct numasim_machine *m, const struct task_struct *task)
{
	if (task->mm)
		proc_maps(out, m, task->mm);
	return 0;
}

static int print_smaps(FILE *out, struct numasim_machine *m, const struct task_struct *task)
{
	if (task->mm)
		proc_smaps(out, m, task->mm);
	return 0;
}

static int print_numa_maps(FILE *out, struct numasim_machine *m, const struct task_struct *task)
{
	return task->mm ? proc_numa_maps(out, m, task) : 0;
}

static int print_vmstat(FILE *out, struct numasim_machine *m, const struct task_struct *task)
{
	proc_vmstat(out, m);
	return 0;
}

static const struct {
	const char *path;
	int (*print)(FILE *out, struct numasim_machine *m, const struct task_struct *task);
} files[] = {
	{"/proc/self/maps", print_maps},
	{"/proc/self/smaps", print_smaps},
	{"/proc/self/numa_maps", print_numa_maps},
	{"/proc/vmstat", print_vmstat},
};

static int print_file(FILE *out, struct numasim_machine *m, const struct task_struct *task,
		      const char *path)
{
	for (unsigned i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (!strcmp(path, files[i].path))
			return files[i].print(out, m, task);
	return proc_node_file(out, m, path);
}

int numasim_read_file(char **text, size_t *length, struct numasim_process *process,
		      const char *path)
{
	struct numasim_system *system = process->system;
	char *buffer = NULL;
	size_t size = 0;
	FILE *out;
	int ret;

	if (system->dead)
		return -EFAULT;
	out = open_memstream(&buffer, &size);
	if (!out)
		return -ENOMEM;
	ret = print_file(out, system->machine, process->task, path);
	ret = words_close(text, &buffer, out, ret);
	if (!ret && length)
		*length = size;
	return ret;
}

int numasim_pagemap(uint64_t *entry, struct numasim_process *process, uint64_t address)
{
	if (process->system->dead)
		return -EFAULT;
	*entry = 0;
	if (process->task->mm)
		*entry = proc_pagemap(process->system->machine, process->task->mm, address);
	return 0;
}

int numasim_kpageflags(uint64_t *flags, const struct numasim_system *system, uint64_t frame)
{
	return proc_kpageflags(flags, system->machine, frame);
}

int numasim_kpagecount(uint64_t *count, const struct numasim_system *system, uint64_t frame)
{
	return proc_kpagecount(count, system->machine, frame);
}
