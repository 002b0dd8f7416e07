/* SPDX-License-Identifier: BSD-2-Clause */
/* A system and what one sees of it: fork, copy-on-write, policies, NUMA hints. docs/system.md. */
#include <numasim/numasim.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE UINT64_C(4096)

static void show(const char *what, struct numasim_process *process, uint64_t address)
{
	struct numasim_entries e;

	numasim_process_entries(&e, process, address);
	printf("%-22s pte %016llx\n", what, (unsigned long long)e.pte);
}

/* The line of numa_maps that begins with @address. */
static void numa_maps(struct numasim_process *process, uint64_t address)
{
	char *text, start[32];

	snprintf(start, sizeof(start), "%lx ", (unsigned long)address);
	if (numasim_read_file(&text, NULL, process, "/proc/self/numa_maps"))
		return;
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (!strncmp(line, start, strlen(start)))
			printf("%s\n", line);
	free(text);
}

int main(int argc, char **argv)
{
	struct numasim_system_options options = {.release = argc > 1 ? argv[1] : "debian-6.12.117",
						 .thp = NUMASIM_THP_NEVER};
	struct numasim_process *parent, *child;
	unsigned long node1 = 1ul << 1;
	struct numasim_system *system;
	struct numasim_error err;
	uint64_t faults, p;

	if (numasim_system_create(&system, &options, &err) ||
	    numasim_process_create(&parent, system, "parent", 0, &err))
		return fprintf(stderr, "%s\n", err.text), 2;
	p = (uint64_t)numasim_sys_mmap(parent, 0, 4 * PAGE, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (numasim_sys_mbind(parent, p, 4 * PAGE, 2 /* MPOL_BIND */, &node1, 64, 0) ||
	    numasim_touch(parent, p, 4 * PAGE, true))
		return 1;
	show("touched", parent, p);
	numa_maps(parent, p);
	if (numasim_fork(&child, parent, "child", &err))
		return fprintf(stderr, "%s\n", err.text), 2;
	show("after fork", parent, p);
	numasim_process_store(child, p, 2);
	show("the child wrote: its", child, p);
	numasim_exit(child);
	numasim_vmstat(&faults, system, "pgfault");
	printf("%llu faults\n", (unsigned long long)faults);
	if (numasim_system_audit(system, &err))
		return fprintf(stderr, "%s\n", err.text), 1;
	numasim_system_free(system);
	return 0;
}
