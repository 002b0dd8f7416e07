/* SPDX-License-Identifier: BSD-2-Clause */
/* What one can see of a system. */
#include "model.h"

#include <string.h>

#define SWAP_PAGES (16384 / 4)

/* Root's shell, for files that are nobody's. */
static struct numasim_process *process_of(struct side_actor *a)
{
	return a ? a->process : model.root;
}

unsigned side_entries(struct side_actor *a, uint64_t address, uint64_t entry[SIDE_LEVELS])
{
	struct numasim_entries e;

	numasim_process_entries(&e, a->process, address);
	entry[0] = e.pgd;
	entry[1] = e.pud;
	entry[2] = e.pmd;
	entry[3] = e.pte;
	return 4;
}

uint64_t side_pagemap(struct side_actor *a, uint64_t address)
{
	uint64_t entry;

	if (numasim_pagemap(&entry, a->process, address))
		side_fail("no pagemap at %llx", (unsigned long long)address);
	return entry;
}

uint64_t side_kpageflags(uint64_t frame)
{
	uint64_t flags;

	if (numasim_kpageflags(&flags, model.system, frame))
		side_fail("there is no frame %llx", (unsigned long long)frame);
	return flags;
}

uint64_t side_kpagecount(uint64_t frame)
{
	uint64_t count;

	if (numasim_kpagecount(&count, model.system, frame))
		side_fail("there is no frame %llx", (unsigned long long)frame);
	return count;
}

char *side_read_file(struct side_actor *a, const char *path)
{
	char *text;

	if (numasim_read_file(&text, NULL, a->process, path))
		side_fail("cannot read %s", path);
	return text;
}

long side_write_file(struct side_actor *a, const char *path, const char *text)
{
	return numasim_write_file(process_of(a), path, text);
}

bool side_counter(uint64_t *value, const char *name)
{
	return !numasim_vmstat(value, model.system, name);
}

/* Nobody counts but who is asked to do something. */
void side_read_counters(void)
{
}

void side_swap_on(void)
{
	if (numasim_sys_swapon(process_of(NULL), SWAP_PAGES))
		side_fail("no swap");
}

void side_settle(struct side_actor *a)
{
	if (numasim_system_drain(model.system))
		side_fail("the kernel oopsed");
}
