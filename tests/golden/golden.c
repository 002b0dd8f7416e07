/* SPDX-License-Identifier: BSD-2-Clause */
/* The system that scenarios run on, and their lines. */
#include "golden.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define MACHINE	      "numa:2(memory=1073741824) core:2 pu:1"
#define FIRST_ADDRESS 0x100000000000ul
#define FRAME	      UINT64_C(0x000ffffffffff000)
#define OWN_PAGES     24 /* that the tester touches before it begins: data, stack, heap */

int golden_open(struct golden *g, const char *release)
{
	struct numasim_system_options options = {.release = release, .thp = NUMASIM_THP_MADVISE};
	struct numasim_error err = {0};
	struct numasim_topology *topology = NULL;
	int ret = numasim_topology_load(&topology, MACHINE, &err);

	options.topology = topology;
	ret = ret ?: numasim_system_create(&g->system, &options, &err);
	if (ret)
		fprintf(stderr, "%s\n", err.text);
	numasim_topology_free(topology);
	return ret;
}

int golden_start(struct golden *g)
{
	struct numasim_error err;
	long own;

	g->next_address = FIRST_ADDRESS;
	g->child = NULL;
	TRY(numasim_process_create(&g->p, g->system, g->scenario, 0, &err));
	own = golden_anon(g, PG, PROT_READ | PROT_WRITE);
	TRY(own);
	TRY(numasim_touch(g->p, (uint64_t)own, PG, true));
	own = numasim_sys_mmap(g->p, 0, OWN_PAGES * PG, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	TRY(own);
	return numasim_touch(g->p, (uint64_t)own, OWN_PAGES * PG, true);
}

void golden_end(struct golden *g)
{
	if (g->child)
		numasim_exit(g->child);
	if (g->p)
		numasim_exit(g->p);
	g->p = g->child = NULL;
}

void golden_close(struct golden *g)
{
	numasim_system_free(g->system);
}

/* Every mapping stands apart and on 2 MiB, so that they never merge. */
long golden_anon(struct golden *g, uint64_t n, int prot)
{
	uint64_t at = g->next_address;

	g->next_address += ((n + 2 * MB - 1) & ~(2 * MB - 1)) + 4 * MB;
	return numasim_sys_mmap(g->p, at, n, prot,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

long golden_thp(struct golden *g, uint64_t n)
{
	long base = golden_anon(g, n + 2 * MB, PROT_READ | PROT_WRITE);
	uint64_t start = ((uint64_t)base + 2 * MB - 1) & ~(2 * MB - 1);

	TRY(base);
	TRY(numasim_sys_madvise(g->p, start, n, MADV_HUGEPAGE));
	return (long)start;
}

int golden_mbind(struct golden *g, uint64_t addr, uint64_t n, int mode, unsigned long mask)
{
	return (int)numasim_sys_mbind(g->p, addr, n, mode, &mask, 64, 0);
}

static void print_level(const struct golden *g, const char *name, uint64_t entry)
{
	if (entry)
		fprintf(g->out, " %s=%016llx", name, (unsigned long long)(entry & ~FRAME));
	else
		fprintf(g->out, " %s=0", name);
}

static bool leads_on(uint64_t entry)
{
	return entry & 1 && !(entry & 0x80);
}

void golden_pt_of(struct golden *g, const char *step, struct numasim_process *p, uint64_t address)
{
	struct numasim_entries e;

	if (!g->out)
		return;
	numasim_process_entries(&e, p, address);
	fprintf(g->out, "PT %s %s %lx leaf=%d", g->scenario, step, address,
		leads_on(e.pmd) ? 1 : leads_on(e.pud) ? 2 : leads_on(e.pgd) ? 3 : 4);
	print_level(g, "pgd", e.pgd);
	print_level(g, "pud", e.pud);
	print_level(g, "pmd", e.pmd);
	print_level(g, "pte", e.pte);
	fputc('\n', g->out);
}

void golden_pt(struct golden *g, const char *step, uint64_t address)
{
	golden_pt_of(g, step, g->p, address);
}

static void print_flags(const struct golden *g, uint64_t flags)
{
	static const char *const name[] = {
		"LOCKED", "ERROR", "REFERENCED", "UPTODATE", "DIRTY", "LRU", "ACTIVE", "SLAB",
		"WRITEBACK", "RECLAIM", "BUDDY", "MMAP", "ANON", "SWAPCACHE", "SWAPBACKED",
		"COMPOUND_HEAD", "COMPOUND_TAIL", "HUGE", "UNEVICTABLE", "HWPOISON", "NOPAGE",
		"KSM", "THP", "OFFLINE", "ZERO_PAGE", "IDLE", "PGTABLE"};
	const char *comma = "";

	fputs(" [", g->out);
	for (unsigned i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		if (flags >> i & 1) {
			fprintf(g->out, "%s%s", comma, name[i]);
			comma = ",";
		}
	fputs("]\n", g->out);
}

void golden_pm(struct golden *g, const char *step, uint64_t address)
{
	uint64_t entry = 0, flags = 0, count = 0;
	int status = 0;

	if (!g->out)
		return;
	numasim_pagemap(&entry, g->p, address);
	if (entry >> 63) {
		uint64_t pfn = entry & ((UINT64_C(1) << 55) - 1);

		numasim_kpageflags(&flags, g->system, pfn);
		numasim_kpagecount(&count, g->system, pfn);
	}
	numasim_sys_move_pages(g->p, 1, &address, &status);
	fprintf(g->out,
		"PM sc=%s step=%s present=%d swap=%d fileshared=%d excl=%d sdirty=%d uffdwp=%d "
		"node=%d mapcount=%llu",
		g->scenario, step, (int)(entry >> 63), (int)(entry >> 62 & 1),
		(int)(entry >> 61 & 1), (int)(entry >> 56 & 1), (int)(entry >> 55 & 1),
		(int)(entry >> 57 & 1), status, (unsigned long long)count);
	print_flags(g, flags);
}

void golden_nm(struct golden *g, const char *step, uint64_t address)
{
	char *text, start[32];
	size_t length;

	if (!g->out || numasim_read_file(&text, &length, g->p, "/proc/self/numa_maps"))
		return;
	snprintf(start, sizeof(start), "%lx ", address);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (!strncmp(line, start, strlen(start)))
			fprintf(g->out, "NM sc=%s step=%s %s\n", g->scenario, step, line);
	free(text);
}

static const char *const counter_name[] = {
#define X(name) name,
	GOLDEN_COUNTERS(X)
#undef X
};

void golden_vs_get(struct golden *g)
{
	for (unsigned i = 0; i < GOLDEN_NR_COUNTERS; i++)
		numasim_vmstat(&g->counter[i], g->system, counter_name[i]);
}

void golden_vs(struct golden *g, const char *step)
{
	if (!g->out)
		return;
	fprintf(g->out, "VS sc=%s step=%s", g->scenario, step);
	for (unsigned i = 0; i < GOLDEN_NR_COUNTERS; i++) {
		uint64_t before = g->counter[i];

		numasim_vmstat(&g->counter[i], g->system, counter_name[i]);
		if (g->counter[i] != before)
			fprintf(g->out, " %s=%+lld", counter_name[i],
				(long long)(g->counter[i] - before));
	}
	fputc('\n', g->out);
}
