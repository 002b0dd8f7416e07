/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /proc/PID/numa_maps: show_numa_map() of v3.8 to v6.12 fs/proc/task_mmu.c.
 *
 *   7f0000000000 bind:0 anon=64 dirty=64 active=0 N0=64 kernelpagesize_kB=4
 *
 * To v3.8 the size of the kernel's pages is not shown for mappings without pages either; it came
  * with 198d1597cc5a (v3.14, from memory).
 */
#include "report/proc.h"

#include "mm/bits.h"
#include "mm/file.h"
#include "mm/mempolicy.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define POLICY_TEXT 64 /* of show_numa_map(): longer ones are cut */

struct gather {
	struct numasim_machine *m;
	const struct vm_area_struct *vma;
	uint64_t pages, anon, dirty, swapcache, active, writeback;
	int32_t mapcount_max;
	uint64_t *node; /* pages by node */
};

static void count(struct gather *g, const struct page *page, uint64_t pfn, bool dirty, uint64_t nr)
{
	int32_t mapcount = proc_mapcount(g->m, page, pfn);

	g->pages += nr;
	g->dirty += dirty || page->flags & PAGE_DIRTY ? nr : 0;
	g->swapcache += page->flags & PAGE_SWAPCACHE ? nr : 0;
	g->active += page->flags & (PAGE_ACTIVE | PAGE_UNEVICTABLE) ? nr : 0;
	g->writeback += page->flags & PAGE_WRITEBACK ? nr : 0;
	g->anon += page->flags & PAGE_ANON ? nr : 0;
	if (mapcount > g->mapcount_max)
		g->mapcount_max = mapcount;
	g->node[page->node] += nr;
}

/* A hugetlb page counts as one. */
static void gather_entry(const struct proc_entry *e, void *payload)
{
	struct gather *g = payload;
	const struct page *page;

	if (!proc_present(g->m, e))
		return;
	page = proc_normal_page(g->m, g->vma, e);
	if (page && !(page->flags & PAGE_RESERVED))
		count(g, page, proc_pfn(g->m, e), kernel_entry_dirty(g->m->kernel, e->value),
		      g->vma->vm_flags & VM_HUGETLB ? 1 : e->pages);
}

/* A shmem file's own policy at that page, or the mapping's. */
static const struct mempolicy *policy_of(const struct vm_area_struct *vma,
					 const struct task_struct *task)
{
	const struct mempolicy *policy = vma->vm_policy;
	const struct policy_range *r;

	if (proc_is_shmem(vma)) {
		policy = NULL;
		TAILQ_FOREACH(r, &vma->vm_file->policies, link)
			if (vma->vm_pgoff >= r->start && vma->vm_pgoff < r->end)
				policy = r->policy;
	}
	return policy ? policy : task->mempolicy;
}

/* To v3.13 the default policy looks like "preferred" for the node that the reader runs on: the
 * process itself is the reader here. */
static void print_policy(FILE *out, struct numasim_machine *m, const struct vm_area_struct *vma,
			 const struct task_struct *task)
{
	const struct mempolicy *policy = policy_of(vma, task);
	char text[POLICY_TEXT];

	if (!policy && !kernel_has(m->kernel, ROW_MEMPOL_STR_DEFAULT)) {
		unsigned node = 0;

		for (unsigned i = 0; i < m->nr_cpus; i++)
			if (m->cpu[i].task == task)
				node = m->cpu[i].node;
		fprintf(out, "prefer:%u", m->node[node].id);
		return;
	}
	mpol_to_str(m, text, sizeof(text), policy);
	fputs(text, out);
}

static void print_kind(FILE *out, const struct numasim_machine *m, const struct vm_area_struct *vma)
{
	const char *special = vma->vm_file ? NULL : proc_special_name(m, vma);

	if (vma->vm_file) {
		fputs(" file=", out);
		proc_path(out, vma->vm_file->label, "\n\t= ");
	} else if (special) {
		fprintf(out, " %.*s", (int)strlen(special) - 2, special + 1);
	}
	if (vma->vm_flags & VM_HUGETLB)
		fputs(" huge", out);
}

static void print_some(FILE *out, const char *name, uint64_t value)
{
	if (value)
		fprintf(out, " %s=%" PRIu64, name, value);
}

static void print_counts(FILE *out, const struct gather *g)
{
	bool hugetlb = g->vma->vm_flags & VM_HUGETLB;

	print_some(out, "anon", g->anon);
	print_some(out, "dirty", g->dirty);
	if (g->pages != g->anon && g->pages != g->dirty)
		print_some(out, "mapped", g->pages);
	print_some(out, "mapmax", g->mapcount_max > 1 ? g->mapcount_max : 0);
	print_some(out, "swapcache", g->swapcache);
	if (g->active < g->pages && !hugetlb)
		fprintf(out, " active=%" PRIu64, g->active);
	print_some(out, "writeback", g->writeback);
	for (unsigned i = 0; i < g->m->nr_nodes; i++)
		if (g->node[i])
			fprintf(out, " N%u=%" PRIu64, g->m->node[i].id, g->node[i]);
	if (proc_since(g->m, 3, 14))
		fprintf(out, " kernelpagesize_kB=%u", hugetlb ? 2048 : 4);
}

int proc_numa_maps(FILE *out, struct numasim_machine *m, const struct task_struct *task)
{
	uint64_t *node = calloc(m->nr_nodes, sizeof(*node));
	struct vm_area_struct *vma;

	if (!node)
		return -ENOMEM;
	RB_FOREACH(vma, vma_tree, &task->mm->vmas) {
		struct gather g = {.m = m, .vma = vma, .node = node};

		memset(node, 0, m->nr_nodes * sizeof(*node));
		fprintf(out, "%08" PRIx64 " ", vma->vm_start);
		print_policy(out, m, vma, task);
		print_kind(out, m, vma);
		proc_walk(m, task->mm, vma->vm_start, vma->vm_end, gather_entry, &g);
		if (g.pages)
			print_counts(out, &g);
		fputc('\n', out);
	}
	free(node);
	return 0;
}
