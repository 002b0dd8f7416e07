/* SPDX-License-Identifier: BSD-2-Clause */
/* Every kind of shared state, changed behind the back of those who think that they know what a
 * step does. */
#ifndef FOOTPRINT_WRONGS_H
#define FOOTPRINT_WRONGS_H

#include "mm/mm_world.h"

/* What a case works on, as the simulated code finds it. */
struct victim {
	struct mm_world *w;
	struct numasim_atomic *turn, *other;
	struct numasim_lock *lock;
	const struct wrong *wrong;
	bool touches;
};

/* Code that announces a read of `turn`, and in the same step does something else. */
struct wrong {
	uint64_t (*change)(struct victim *v); /* returns the object */
	const char *name;
};

static inline struct page *page_of_x(const struct mm_world *w)
{
	uint64_t *pmd = entry_find(w->m, w->mm, w->x, 2);

	return pfn_to_page(w->m, kernel_pmd_pfn(w->m->kernel, *pmd));
}

static inline uint64_t changes_count(struct victim *v)
{
	page_of_x(v->w)->count++;
	return PAGE_OBJECT(page_of_x(v->w), PAGE_F_COUNT);
}

static inline uint64_t changes_mapcount(struct victim *v)
{
	page_of_x(v->w)->mapcount++;
	return PAGE_OBJECT(page_of_x(v->w), PAGE_F_MAPCOUNT);
}

static inline uint64_t changes_flags(struct victim *v)
{
	page_of_x(v->w)->flags ^= PAGE_REFERENCED;
	return PAGE_OBJECT(page_of_x(v->w), PAGE_F_FLAGS);
}

static inline uint64_t locks_page(struct victim *v)
{
	page_of_x(v->w)->flags |= PAGE_LOCKED;
	return PAGE_OBJECT(page_of_x(v->w), PAGE_F_LOCK);
}

static inline uint64_t changes_mapping(struct victim *v)
{
	page_of_x(v->w)->mapping++;
	return PAGE_OBJECT(page_of_x(v->w), PAGE_F_MAPPING);
}

static inline uint64_t changes_tag(struct victim *v)
{
	page_of_x(v->w)->cpupid++;
	return PAGE_OBJECT(page_of_x(v->w), PAGE_F_CPUPID);
}

static inline uint64_t changes_entry(struct victim *v)
{
	uint64_t *pmd = entry_find(v->w->m, v->w->mm, v->w->x, 2);

	*pmd ^= X86_RW;
	return entry_object(v->w->m, pmd);
}

static inline uint64_t clears_entry(struct victim *v)
{
	uint64_t *pmd = entry_find(v->w->m, v->w->mm, v->w->x, 2);

	*pmd = 0;
	return entry_object(v->w->m, pmd);
}

static inline uint64_t fills_entry(struct victim *v)
{
	uint64_t *pmd = entry_find(v->w->m, v->w->mm, v->w->x, 2) + 1;

	*pmd = X86_RW;
	return entry_object(v->w->m, pmd);
}

static inline uint64_t changes_word(struct victim *v)
{
	v->w->m->content->word[0].value++;
	return OBJECT(OBJ_CONTENT, page_of_x(v->w)->name, 0);
}

static inline uint64_t clears_word(struct victim *v)
{
	struct content *content = v->w->m->content;

	content_clear(content, content->word[0].pa, 0, 8);
	return OBJECT(OBJ_CONTENT, page_of_x(v->w)->name, 0);
}

static inline uint64_t drops_translation(struct victim *v)
{
	x86_tlb_drop_one(v->w->m->cpu[0].tlb, 0);
	return CPU_OBJ_TLB(&v->w->m->cpu[0]);
}

static inline void answers(struct cpu *cpu, const struct ipi *ipi)
{
}

static inline uint64_t interrupts(struct victim *v)
{
	v->w->m->cpu[0].ipi[0] = (struct ipi){.pending = true, .fn = answers, .start = v->w->x};
	return CPU_OBJ_IPI(&v->w->m->cpu[0]);
}

static inline uint64_t disables(struct victim *v)
{
	v->w->m->cpu[0].irq_off++;
	return CPU_OBJ_IRQ(&v->w->m->cpu[0]);
}

static inline uint64_t switches(struct victim *v)
{
	v->w->m->cpu[0].cr3 = 0;
	return CPU_OBJ_MM(&v->w->m->cpu[0]);
}

static inline uint64_t changes_mask(struct victim *v)
{
	v->w->mm->cpumask ^= 4;
	return MM_OBJECT(v->w->mm, MM_CPUMASK);
}

static inline uint64_t changes_pending(struct victim *v)
{
	v->w->mm->tlb_flush_pending++;
	return MM_OBJECT(v->w->mm, MM_FLUSH_PENDING);
}

static inline uint64_t changes_vma(struct victim *v)
{
	v->w->vma->vm_flags ^= VM_WRITE;
	return MM_OBJECT(v->w->mm, MM_VMAS);
}

static inline uint64_t takes_mmap_sem(struct victim *v)
{
	v->w->mm->mmap_sem.readers++;
	return OBJECT(OBJ_LOCK, v->w->mm->name, LOCK_MMAP_SEM);
}

static inline uint64_t takes_lru_lock(struct victim *v)
{
	v->w->m->mm->lru_lock[1].owner = 1;
	return OBJECT(OBJ_LOCK, 1, LOCK_LRU);
}

static inline uint64_t takes_users_lock(struct victim *v)
{
	struct lock *lock = (struct lock *)v->lock;

	lock->owner = 1;
	return OBJECT(OBJ_LOCK, lock->name, LOCK_USER);
}

static inline uint64_t changes_variable(struct victim *v)
{
	v->other->value++;
	return v->other->item.object;
}

static inline uint64_t moves_the_clock(struct victim *v)
{
	++*v->w->m->clock;
	return OBJECT(OBJ_CLOCK, 0, 0);
}

static inline uint64_t takes_memory(struct victim *v)
{
	v->w->m->node[1].nr_free--;
	return OBJECT(OBJ_ALLOC, 1, 0);
}

static const struct wrong wrongs[] = {
	{changes_count, "_count of page"},   {changes_mapcount, "_mapcount of page"},
	{changes_flags, "flags of page"},    {locks_page, "PG_locked of page"},
	{changes_mapping, "mapping of page"}, {changes_tag, "last-fault tag of page"},
	{changes_entry, "PMD(P:"},	     {clears_entry, "PMD(P:"},
	{fills_entry, "PMD(P:"},	     {changes_word, "page #"},
	{clears_word, "page #"},	     {drops_translation, "TLB of CPU 0"},
	{interrupts, "interrupts of CPU 0"}, {disables, "interrupt flag of CPU 0"},
	{switches, "loaded mm of CPU 0"},    {changes_mask, "mm->cpumask"},
	{changes_pending, "mm->tlb_flush_pending"}, {changes_vma, "mm->mmap"},
	{takes_mmap_sem, "mmap_sem"},	     {takes_lru_lock, "lru_lock of node 1"},
	{takes_users_lock, "users"},	     {changes_variable, "other"},
	{moves_the_clock, "clock"},	     {takes_memory, "free memory of node 1"},
};
#define NR_WRONGS (sizeof(wrongs) / sizeof(*wrongs))

#endif
