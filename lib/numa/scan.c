/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * task_numa_work(), kernel/sched/fair.c of v3.8 to v6.12: one scan of the running task's address
 * space, from where the last one ended.
 *
 *   numa_scan_offset                           two budgets: pages of chunks that armed something,
 *        v                                     and (v4.4+) pages of all chunks, eight times that
 *   |....|--chunk--|--chunk--|  (gap)  |--chunk--|.........|
 *        `- ends at a multiple of 2 MiB, or with its VMA
 *
 * The list's end begins a new pass (numa_scan_seq).
 */
#include "exec/var.h"
#include "mm/fault.h"
#include "mm/migrate.h"
#include "mm/mprotect.h"
#include "numa/numa.h"

#define VIRTUAL_BUDGET	8
#define TICK_NSEC	UINT64_C(4000000) /* HZ = 250 */

struct scan {
	struct mm_struct *mm;
	uint64_t start, now;
	long pages, virtpages;
	unsigned long updates; /* v3.13 to v4.3: of the whole scan */
	bool left_out, forced; /* v6.7+: VMAs of other tasks; one of them all the same */
};

/* To v3.12 an address space is left alone until it has run on a second node. */
static bool on_first_node(struct mm_struct *mm)
{
	uint64_t object = MM_OBJECT(mm, MM_FIRST_NID);
	int32_t here = (int32_t)this_cpu()->node;
	int32_t first = shared_read32(object, &mm->first_nid);

	if (first == NUMA_SCAN_INIT)
		shared_write32(object, &mm->first_nid, here);
	if (first == NUMA_SCAN_INIT || first == here)
		return true;
	if (first != NUMA_SCAN_ACTIVE)
		shared_write32(object, &mm->first_nid, NUMA_SCAN_ACTIVE);
	return false;
}

/* Is it this task's turn? One of those that come together wins the compare-and-swap. */
static bool claim_scan(struct scan *s)
{
	struct mm_struct *mm = s->mm;
	struct task_struct *task = current_task();
	uint64_t object = MM_OBJECT(mm, MM_NEXT_SCAN), next, period;

	s->now = numa_now();
	if (has(ROW_SCAN_FIRST_TIME) && !shared_read64(object, &mm->numa_next_scan))
		shared_write64(object, &mm->numa_next_scan, s->now + numa_knobs()->scan_delay);
	next = shared_read64(object, &mm->numa_next_scan);
	if (s->now < next)
		return false;
	period = has(ROW_SCAN_WINDOWS) ? task->numa_scan_period : numa_knobs()->scan_period_min;
	if (shared_cmpxchg64(object, &mm->numa_next_scan, next, s->now + period) != next)
		return false;
	task->node_stamp += 2 * TICK_NSEC; /* the next turn is another's */
	return true;
}

/* The draft numa_tlb_lazy raises its flag around each chunk. */
static void lazy(struct mm_struct *mm, bool raise)
{
	shared_write32(MM_OBJECT(mm, MM_NUMA_TLB_LAZY), &mm->numa_tlb_lazy, raise);
	note(raise ? "raise numa_tlb_lazy" : "clear numa_tlb_lazy");
}

static void charge(struct scan *s, uint64_t end, unsigned long updated)
{
	long chunk = (long)((end - s->start) >> FRAME_SHIFT);

	s->updates += updated;
	if (!has(ROW_SCAN_WINDOWS)) {
		s->pages -= (long)updated;
	} else if (has(ROW_SCAN_VIRTUAL_BUDGET)) {
		s->pages -= updated ? chunk : 0;
		s->virtpages -= chunk;
	} else if (s->updates) { /* once anything was updated, every later chunk is charged */
		s->pages -= chunk;
	}
}

static void scan_chunk(struct scan *s, struct vm_area_struct *vma)
{
	uint64_t end =
		(s->start + ((uint64_t)s->pages << FRAME_SHIFT) + HPAGE_SIZE - 1) & HPAGE_MASK;
	unsigned long updated;

	if (end > vma->vm_end)
		end = vma->vm_end;
	if (has(ROW_DRAFT_NUMA_TLB_LAZY))
		lazy(s->mm, true);
	updated = change_prot_numa(vma, s->start, end);
	if (has(ROW_DRAFT_NUMA_TLB_LAZY))
		lazy(s->mm, false);
	charge(s, end, updated);
	s->start = end;
}

/* Is the mapping scanned? */
static bool scan_this(struct scan *s, struct vm_area_struct *vma)
{
	enum vma_verdict verdict = scan_judge_vma(vma);

	if (verdict == VMA_SCAN && has(ROW_SCAN_VMA_STATE))
		verdict = scan_judge_state(vma, s->now, s->forced);
	s->left_out |= verdict == VMA_NOT_OURS;
	return verdict == VMA_SCAN;
}

/* True: the scan ends here, inside or (if it was forced) at the end of @vma. */
static bool scan_vma(struct scan *s, struct vm_area_struct *vma)
{
	if (!scan_this(s, vma))
		return false;
	do {
		if (s->start < vma->vm_start)
			s->start = vma->vm_start;
		scan_chunk(s, vma);
		if (s->pages <= 0 || s->virtpages <= 0)
			return true;
	} while (s->start != vma->vm_end);
	if (has(ROW_SCAN_VMA_STATE))
		scan_finished_vma(vma);
	return s->forced;
}

/* reset_ptenuma_scan(): the next pass starts at the bottom. */
static void reset_scan(struct mm_struct *mm)
{
	int32_t seq = shared_read32(MM_OBJECT(mm, MM_SCAN_SEQ), &mm->numa_scan_seq);

	shared_write32(MM_OBJECT(mm, MM_SCAN_SEQ), &mm->numa_scan_seq, seq + 1);
	shared_write64(MM_OBJECT(mm, MM_SCAN_OFFSET), &mm->numa_scan_offset, 0);
}

/* Where the scan goes on. NULL: there is no mapping at all. */
static struct vm_area_struct *first_vma(struct scan *s)
{
	struct vm_area_struct *vma = find_vma(s->mm, s->start);

	if (vma)
		return vma;
	reset_scan(s->mm);
	s->start = 0;
	vma = vma_first(s->mm);
	if (!vma && has(ROW_SCAN_VMA_ITERATOR) && !has(ROW_G3_SCAN_EMPTY_MM))
		kernel_oops("task_numa_work() takes a NULL pointer for a mapping");
	return vma;
}

/* The first VMA in which the budget ends; NULL: the end of the list. */
static struct vm_area_struct *scan_list(struct scan *s)
{
	struct vm_area_struct *vma = first_vma(s);

	while (vma && !scan_vma(s, vma))
		vma = vma_next(vma);
	return vma;
}

static void scan_from(struct scan *s)
{
	struct vm_area_struct *vma;

	if (has(ROW_DRAFT_MASHED))
		lazy(s->mm, true);
	vma = scan_list(s);
	if (!vma && has(ROW_SCAN_VMA_FORCED) && s->left_out) {
		s->forced = true;
		vma = scan_list(s);
	}
	if (has(ROW_DRAFT_MASHED))
		lazy(s->mm, false);
	if (vma)
		shared_write64(MM_OBJECT(s->mm, MM_SCAN_OFFSET), &s->mm->numa_scan_offset,
			       s->start);
	else
		reset_scan(s->mm);
}

static bool lock_mm(struct mm_struct *mm)
{
	if (has(ROW_SCAN_TRYLOCK))
		return rwlock_try_read(&mm->mmap_sem);
	rwlock_take_read(&mm->mmap_sem);
	return true;
}

void task_numa_work(void)
{
	struct mm_struct *mm = current_task()->mm;
	struct scan s = {.mm = mm};

	if (!has(ROW_SCAN_FIRST_NODE) && on_first_node(mm))
		return;
	if (!claim_scan(&s))
		return;
	s.pages = (long)numa_knobs()->scan_size << (20 - FRAME_SHIFT);
	s.virtpages = s.pages * VIRTUAL_BUDGET;
	if (!s.pages)
		return;
	/* To v3.12 the turn is lost while this node has received too much. */
	if (!has(ROW_SCAN_RATE_LIMITED) && migrate_ratelimited(this_cpu()->node))
		return;
	s.start = shared_read64(MM_OBJECT(mm, MM_SCAN_OFFSET), &mm->numa_scan_offset);
	if (!lock_mm(mm))
		return;
	scan_from(&s);
	rwlock_release_read(&mm->mmap_sem);
	event(EVENT_SCANNED, mm->name);
}
