/* SPDX-License-Identifier: BSD-2-Clause */
/* The entries of a range, and the pages that they count for. */
#include "report/proc.h"

#include "kernel/swap.h"
#include "mm/vma.h"

/* The entry of @level for @address, or NULL and the size of what is missing. */
static const uint64_t *find(const struct numasim_machine *m, const struct mm_struct *mm,
			    uint64_t address, unsigned level, uint64_t *missing)
{
	uint64_t pa = mm->pgd;

	for (unsigned at = 4;; at--) {
		const uint64_t *entry = (uint64_t *)phys_to_host(&m->phys, pa) +
					x86_slot(address, at);

		if (at == level)
			return entry;
		if (!(*entry & X86_P) || (at == 2 && kernel_pmd_leaf(m->kernel, *entry))) {
			*missing = x86_level_size(at);
			return NULL;
		}
		pa = *entry & X86_PFN_MASK;
	}
}

static bool is_table(const struct numasim_machine *m, uint64_t pmd)
{
	return pmd & X86_P && !kernel_pmd_leaf(m->kernel, pmd);
}

static void walk_table(const struct numasim_machine *m, uint64_t pmd, uint64_t at, uint64_t end,
		       proc_entry_fn fn, void *payload)
{
	const uint64_t *table = phys_to_host(&m->phys, pmd & X86_PFN_MASK);

	for (; at < end; at += FRAME_SIZE) {
		uint64_t value = table[x86_slot(at, 1)];

		if (!kernel_pte_none(m->kernel, value))
			fn(&(struct proc_entry){at, value, 1, false}, payload);
	}
}

void proc_walk(struct numasim_machine *m, struct mm_struct *mm, uint64_t start, uint64_t end,
	       proc_entry_fn fn, void *payload)
{
	uint64_t next;

	for (uint64_t at = start; at < end; at = next) {
		uint64_t size = HPAGE_SIZE;
		const uint64_t *pmd = find(m, mm, at, 2, &size);

		next = (at & ~(size - 1)) + size;
		if (next > end || next <= at)
			next = end;
		if (!pmd || kernel_pmd_none(m->kernel, *pmd))
			continue;
		if (is_table(m, *pmd))
			walk_table(m, *pmd, at, next, fn, payload);
		else
			fn(&(struct proc_entry){at, *pmd, (next - at) >> FRAME_SHIFT, true},
			   payload);
	}
}

static void keep(const struct proc_entry *entry, void *payload)
{
	*(struct proc_entry *)payload = *entry;
}

bool proc_find(struct proc_entry *entry, struct numasim_machine *m, struct mm_struct *mm,
	       uint64_t address)
{
	*entry = (struct proc_entry){0};
	proc_walk(m, mm, address, address + FRAME_SIZE, keep, entry);
	return entry->pages;
}

bool proc_present(const struct numasim_machine *m, const struct proc_entry *e)
{
	return e->huge ? kernel_pmd_present(m->kernel, e->value)
		       : kernel_pte_present(m->kernel, e->value);
}

uint64_t proc_pfn(const struct numasim_machine *m, const struct proc_entry *e)
{
	if (!e->huge)
		return kernel_pte_pfn(m->kernel, e->value);
	return kernel_pmd_pfn(m->kernel, e->value) + (e->address >> FRAME_SHIFT) % BLOCK_FRAMES;
}

struct page *proc_normal_page(const struct numasim_machine *m, const struct vm_area_struct *vma,
			      const struct proc_entry *e)
{
	struct page *page;

	if (vma->vm_flags & VM_PFNMAP)
		return NULL;
	if (!e->huge && kernel_pte_special(m->kernel, e->value))
		return NULL;
	page = pfn_to_page(m, proc_pfn(m, e));
	return page && !(page->flags & PAGE_ZERO) ? page : NULL;
}

struct page *proc_migrating_page(const struct numasim_machine *m, const struct proc_entry *e)
{
	const struct kernel *k = m->kernel;
	bool migrating = e->huge ? kernel_pmd_migration(k, e->value)
				 : kernel_pte_migration(k, e->value);

	return migrating ? pfn_to_page(m, kernel_migration_pfn(k, e->value)) : NULL;
}

int32_t proc_mapcount(const struct numasim_machine *m, const struct page *page, uint64_t pfn)
{
	const struct node_space *space = &m->space[page->node];
	const struct block *block = page_block(page);

	if (!(page->flags & PAGE_HEAD) || page->flags & (PAGE_MULTI | PAGE_HUGETLB) ||
	    !block->parts)
		return page->mapcount;
	return page->mapcount +
	       block_part(space, block - space->block, pfn % BLOCK_FRAMES)->mapcount;
}
