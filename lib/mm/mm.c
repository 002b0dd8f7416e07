/* SPDX-License-Identifier: BSD-2-Clause */
/* Address spaces: making them, and their mappings. */
#include "mm/mm.h"

#include "mm/entry.h"
#include "mm/hooks.h"
#include "mm/file.h"
#include "mm/hugetlb.h"
#include "mm/mempolicy.h"
#include "mm/swap.h"
#include "mm/switch.h"
#include "mm/zone.h"
#include "mm/mm_account.h"
#include "mm/mm_digest.h"
#include "mm/mmap.h"
#include "mm/vma_change.h"

#include "sched/task_work.h"

#include <errno.h>
#include <stdio.h>

#define MMAP_BASE UINT64_C(0x7f0000000000) /* where set-up mappings start, aligned to 2 MiB */

/* The page of zeroes is there from boot, of no list, with a name that no birth uses. */
#define ZERO_PAGE_NAME ((UINT32_C(1) << BIRTH_BITS) - 1)

static int make_zero_page(struct numasim_machine *m)
{
	struct page *page = NULL;

	for (unsigned i = 0; i < m->nr_nodes && !page; i++)
		page = frame_take(m, &m->node[i]);
	if (!page)
		return -ENOMEM;
	page->name = ZERO_PAGE_NAME;
	page->count = 1;
	page->flags = PAGE_ZERO | PAGE_RESERVED | PAGE_UPTODATE;
	m->mm->zero_pfn = page_to_pfn(m, page);
	return 0;
}

int mm_init(struct numasim_machine *m)
{
	m->mm = arena_alloc(m->arena, sizeof(*m->mm));
	if (!m->mm)
		return -ENOMEM;
	m->mm->lru_lock = arena_alloc(m->arena, m->nr_nodes * sizeof(struct lock));
	m->mm->migrate_window_pages = arena_alloc(m->arena, m->nr_nodes * sizeof(uint64_t));
	m->mm->migrate_window_end = arena_alloc(m->arena, m->nr_nodes * sizeof(uint64_t));
	if (!m->mm->lru_lock || !m->mm->migrate_window_pages || !m->mm->migrate_window_end)
		return -ENOMEM;
	TAILQ_INIT(&m->mm->mms);
	TAILQ_INIT(&m->mm->tasks);
	TAILQ_INIT(&m->mm->anon_vmas);
	TAILQ_INIT(&m->mm->files);
	m->mapping_name = mm_mapping_name;
	m->mm->thp = THP_ALWAYS;
	m->mm->thp_zero_page = true;
	for (unsigned i = 0; i < m->nr_nodes; i++)
		lock_init(&m->mm->lru_lock[i], m->node[i].id, LOCK_LRU);
	if (zones_init(m))
		return -ENOMEM;
	if (make_zero_page(m))
		return -ENOMEM;
	return state_register(&m->exec.state, (struct state_part){"mm", NULL, mm_digest, m});
}

/* By name: the same order in every equivalent state. */
static void link_mm(struct mm_room *room, struct mm_struct *mm)
{
	struct mm_struct *at;

	TAILQ_FOREACH(at, &room->mms, link)
		if (at->name > mm->name)
			break;
	if (at)
		TAILQ_INSERT_BEFORE(at, mm, link);
	else
		TAILQ_INSERT_TAIL(&room->mms, mm, link);
	room->nr_mm++;
}

void mm_setup(struct numasim_machine *m, struct mm_struct *mm, uint32_t name, const char *label)
{
	mm->name = name;
	mm->ctx_id = ++m->mm->last_ctx_id + INIT_MM_CTX_ID;
	snprintf(mm->label, sizeof(mm->label), "%s", label);
	mm->mm_users = mm->mm_count = 1;
	RB_INIT(&mm->tables);
	RB_INIT(&mm->vmas);
	rwlock_init(&mm->mmap_sem, mm->name, LOCK_MMAP_SEM);
	lock_init(&mm->page_table_lock, mm->name, LOCK_PAGE_TABLE);
	mm->setup_base = MMAP_BASE + m->mm->nr_mm % 4 * (UINT64_C(1) << 38);
	mm_layout(mm);
	mm->first_nid = NUMA_SCAN_INIT;
	link_mm(m->mm, mm);
}

void mm_unlink(struct numasim_machine *m, struct mm_struct *mm)
{
	TAILQ_REMOVE(&m->mm->mms, mm, link);
	m->mm->nr_mm--;
}

int mm_create(struct numasim_machine *m, struct mm_struct **out, const char *label)
{
	struct mm_struct *mm = kmalloc_nofail(m, sizeof(*mm));
	int ret;

	if (!mm)
		return -ENOMEM;
	mm_setup(m, mm, ++m->exec.setup_births, label);
	ret = mm_alloc_pgd(m, mm);
	if (ret)
		mm_undo_create(m, mm);
	else
		*out = mm;
	return ret;
}

void mm_undo_create(struct numasim_machine *m, struct mm_struct *mm)
{
	if (mm->pgd)
		mm_undo_pgd(m, mm);
	mm_unlink(m, mm);
	m->exec.setup_births = mm->name - 1;
	m->mm->last_ctx_id--;
	kfree_of(m, mm, sizeof(*mm));
}

struct mm_struct *mm_by_name(const struct numasim_machine *m, uint32_t name)
{
	struct mm_struct *mm;

	TAILQ_FOREACH(mm, &m->mm->mms, link)
		if (mm->name == name)
			break;
	return mm;
}

struct table *table_by_name(const struct numasim_machine *m, uint32_t name)
{
	struct mm_struct *mm;
	struct table *table;

	TAILQ_FOREACH(mm, &m->mm->mms, link)
		RB_FOREACH(table, table_tree, &mm->tables)
			if (table->ptl.name == name)
				return table;
	return NULL;
}

/* Above all others, and a page apart, so that nothing merges and every mapping keeps its name. */
static uint64_t place_above(struct mm_struct *mm, bool align_huge)
{
	struct vm_area_struct *last = RB_MAX(vma_tree, &mm->vmas);
	uint64_t start = last ? last->vm_end + FRAME_SIZE : mm->setup_base;

	return align_huge ? (start + HPAGE_SIZE - 1) & HPAGE_MASK : start;
}

static int map_above(struct vm_area_struct **out, struct mm_struct *mm, uint64_t length,
		     uint64_t vm_flags, struct file *file, bool align_huge)
{
	struct vm_area_struct *vma = vma_alloc(mm);
	int ret;

	if (!vma)
		return -ENOMEM;
	vma->vm_start = place_above(mm, align_huge);
	vma->vm_end = vma->vm_start + length;
	vma->vm_flags = vm_flags | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
	vma->vm_pgoff = file ? 0 : vma->vm_start >> FRAME_SHIFT;
	vma->vm_file = file;
	vma_set_soft_dirty(vma);
	ret = file ? file_vma_link(vma, NULL) : anon_vma_prepare(vma);
	if (ret) {
		vma_free(vma);
		return ret;
	}
	if (file)
		file_get(file);
	vma_link(mm, vma);
	vm_stat_account(mm, vma->vm_flags, (int64_t)(length >> FRAME_SHIFT));
	*out = vma;
	return 0;
}

int mm_map_setup(struct numasim_machine *m, struct vm_area_struct **vma, struct mm_struct *mm,
		 uint64_t length, uint64_t vm_flags, struct file *file, bool align_huge)
{
	struct exec *outer;
	volatile int ret = -EFAULT;
	jmp_buf end;

	outer = exec_direct_begin(&m->exec, 0, &end);
	if (!setjmp(end))
		ret = map_above(vma, mm, length, vm_flags, file, align_huge);
	exec_direct_end(&m->exec, outer);
	return ret;
}

int mm_map_anon(struct numasim_machine *m, struct vm_area_struct **vma, struct mm_struct *mm,
		uint64_t length, uint64_t vm_flags, bool align_huge)
{
	return mm_map_setup(m, vma, mm, length, vm_flags, NULL, align_huge);
}
