/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /proc/PID/smaps: what is counted of a mapping's pages (smaps_pte_entry(), smaps_pmd_entry() and
 * smaps_account() of v3.8 to v6.12 fs/proc/task_mmu.c).
 *
 * A page that n mappings share counts for a share: 4096 << PSS_SHIFT bytes by n.
 */
#include "report/proc.h"

#include "kernel/swap.h"
#include "mm/file.h"
#include "mm/swap.h"

struct gather {
	struct numasim_machine *m;
	const struct vm_area_struct *vma;
	struct proc_sizes *sizes;
};

/* How a page is mapped there. */
struct use {
	const struct page *page;
	uint64_t pfn, pages;
	bool young, dirty, present;
};

static void add(struct proc_sizes *s, uint64_t size, uint64_t pss, bool dirty, bool private)
{
	s->pss += pss;
	if (dirty) {
		s->pss_dirty += pss;
		*(private ? &s->private_dirty : &s->shared_dirty) += size;
	} else {
		*(private ? &s->private_clean : &s->shared_clean) += size;
	}
}

static void add_by_mapcount(struct gather *g, const struct use *u, uint64_t pfn, uint64_t pages,
			    bool dirty)
{
	int32_t mapcount = proc_mapcount(g->m, u->page, pfn);
	uint64_t share = (uint64_t)FRAME_SIZE << PSS_SHIFT;

	if (mapcount >= 2)
		share /= mapcount;
	add(g->sizes, pages * FRAME_SIZE, pages * share, dirty, mapcount < 2);
}

static void account(struct gather *g, const struct use *u)
{
	uint64_t size = u->pages * FRAME_SIZE;
	bool dirty = u->dirty || u->page->flags & PAGE_DIRTY;

	if (u->page->flags & PAGE_ANON) {
		g->sizes->anonymous += size;
		if (!(u->page->flags & PAGE_SWAPBACKED) && !dirty)
			g->sizes->lazyfree += size;
	}
	g->sizes->resident += size;
	if (u->young || u->page->flags & PAGE_REFERENCED)
		g->sizes->referenced += size;
	if (!u->present) { /* migrating: nobody knows how often it is mapped */
		add(g->sizes, size, size << PSS_SHIFT, dirty, !proc_since(g->m, 6, 10));
		return;
	}
	if (u->pages == 1 || !page_block(u->page)->parts) {
		add_by_mapcount(g, u, u->pfn, u->pages, dirty);
		return;
	}
	for (uint64_t i = 0; i < u->pages; i++)
		add_by_mapcount(g, u, u->pfn + i, 1, dirty);
}

/* A slot of swap: all of it, and the share of as many entries as hold it. */
static void account_swap(struct gather *g, uint64_t value)
{
	const struct swap_device *device = g->m->mm->swap;
	uint64_t slot = kernel_swp_offset(g->m->kernel, value), share;

	if (!device || slot >= device->nr_slots)
		return;
	share = (uint64_t)FRAME_SIZE << PSS_SHIFT;
	if (device->slot[slot].count >= 2)
		share /= device->slot[slot].count;
	g->sizes->swap += FRAME_SIZE;
	g->sizes->swap_pss += share;
}

static void account_huge(struct gather *g, const struct page *page)
{
	if (page->flags & PAGE_ANON)
		g->sizes->anonymous_thp += HPAGE_SIZE;
	else if (page->flags & PAGE_SWAPBACKED)
		g->sizes->shmem_thp += HPAGE_SIZE;
	else
		g->sizes->file_thp += HPAGE_SIZE;
}

static void account_hugetlb(struct gather *g, const struct page *page)
{
	*(page->mapcount >= 2 ? &g->sizes->shared_hugetlb : &g->sizes->private_hugetlb) +=
		HPAGE_SIZE;
}

/* v6.1 to v6.4 go by follow_trans_huge_pmd(), which does not follow an inaccessible entry. */
static bool overlooked(const struct gather *g, const struct proc_entry *e)
{
	return e->huge && !(e->value & X86_P) && proc_since(g->m, 6, 1) && !proc_since(g->m, 6, 5);
}

static void gather_entry(const struct proc_entry *e, void *payload)
{
	const struct kernel *k;
	struct gather *g = payload;
	struct use u = {.present = proc_present(g->m, e), .pages = e->pages};

	k = g->m->kernel;
	if (u.present) {
		u.page = proc_normal_page(g->m, g->vma, e);
		u.pfn = proc_pfn(g->m, e);
		u.young = kernel_entry_young(k, e->value);
		u.dirty = kernel_entry_dirty(k, e->value);
	} else {
		u.page = proc_migrating_page(g->m, e);
		if (!u.page && !e->huge && kernel_pte_swap(k, e->value))
			account_swap(g, e->value);
	}
	if (!u.page)
		return;
	if (g->vma->vm_flags & VM_HUGETLB) {
		account_hugetlb(g, u.page);
		return;
	}
	if (u.present && overlooked(g, e))
		return;
	if (e->huge)
		account_huge(g, u.page);
	account(g, &u);
}

void proc_gather(struct proc_sizes *sizes, struct numasim_machine *m, struct vm_area_struct *vma)
{
	struct gather g = {m, vma, sizes};

	*sizes = (struct proc_sizes){0};
	proc_walk(m, vma->vm_mm, vma->vm_start, vma->vm_end, gather_entry, &g);
}

void proc_smaps(FILE *out, struct numasim_machine *m, struct mm_struct *mm)
{
	struct vm_area_struct *vma;
	struct proc_sizes sizes;

	RB_FOREACH(vma, vma_tree, &mm->vmas) {
		proc_gather(&sizes, m, vma);
		proc_map_line(out, m, vma);
		proc_smaps_text(out, m, vma, &sizes);
	}
}
