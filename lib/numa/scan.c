/* SPDX-License-Identifier: BSD-2-Clause */
/* task_numa_work(), kernel/sched/fair.c of v3.8 to v3.13. */
#include "exec/var.h"
#include "mm/migrate.h"
#include "mm/mprotect.h"
#include "mm/page.h"
#include "numa/numa.h"

#define SCAN_SIZE_PAGES	 (256u << (20 - FRAME_SHIFT))
#define SCAN_DELAY	 1000 /* ms */
#define SCAN_PERIOD_3_8	 100  /* ms: scan_period_min of 3.8 ... */
#define SCAN_PERIOD	 1000 /* ... and of 3.13, with one window */

struct scan {
	struct mm_struct *mm;
	uint64_t start;
	long pages;
	unsigned long updates; /* of the whole scan, as 3.13 counts them */
};

static uint64_t scan_period(void)
{
	return has(ROW_SCAN_WINDOWS) ? SCAN_PERIOD : SCAN_PERIOD_3_8;
}

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
static bool claim_scan(struct mm_struct *mm)
{
	uint64_t object = MM_OBJECT(mm, MM_NEXT_SCAN), now, next;

	point(POINT_READ, OBJECT(OBJ_CLOCK, 0, 0), ACCESS_READ);
	now = *current_machine()->clock;
	observe(now);
	if (has(ROW_SCAN_FIRST_TIME) && !shared_read64(object, &mm->numa_next_scan))
		shared_write64(object, &mm->numa_next_scan, now + SCAN_DELAY);
	next = shared_read64(object, &mm->numa_next_scan);
	if (now < next)
		return false;
	return shared_cmpxchg64(object, &mm->numa_next_scan, next, now + scan_period()) == next;
}

/* Why the scanner leaves a mapping out, or VMA_SCAN. */
enum vma_verdict { VMA_SCAN, VMA_SMALL, VMA_INACCESSIBLE };

static enum vma_verdict judge_vma(const struct vm_area_struct *vma)
{
	if (!has(ROW_SCAN_SMALL_VMAS) && vma->vm_end - vma->vm_start < HPAGE_SIZE)
		return VMA_SMALL; /* v3.8 to v3.12 */
	if (has(ROW_A17_SKIP_INACCESSIBLE) && !(vma->vm_flags & (VM_READ | VM_WRITE | VM_EXEC)))
		return VMA_INACCESSIBLE;
	return VMA_SCAN;
}

/* The draft numa_tlb_lazy raises its flag around each chunk. */
static void lazy(struct mm_struct *mm, bool raise)
{
	shared_write32(MM_OBJECT(mm, MM_NUMA_TLB_LAZY), &mm->numa_tlb_lazy, raise);
	note(raise ? "raise numa_tlb_lazy" : "clear numa_tlb_lazy");
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
	s->updates += updated;
	if (!has(ROW_SCAN_WINDOWS))
		s->pages -= (long)updated;
	else if (s->updates) /* once anything was updated, every later chunk is charged */
		s->pages -= (long)((end - s->start) >> FRAME_SHIFT);
	s->start = end;
}

/* True: the budget is used up inside @vma. */
static bool scan_vma(struct scan *s, struct vm_area_struct *vma)
{
	if (judge_vma(vma) != VMA_SCAN)
		return false;
	do {
		if (s->start < vma->vm_start)
			s->start = vma->vm_start;
		scan_chunk(s, vma);
		if (s->pages <= 0)
			return true;
	} while (s->start != vma->vm_end);
	return false;
}

/* reset_ptenuma_scan(): the next pass starts at the bottom. */
static void reset_scan(struct mm_struct *mm)
{
	int32_t seq = shared_read32(MM_OBJECT(mm, MM_SCAN_SEQ), &mm->numa_scan_seq);

	shared_write32(MM_OBJECT(mm, MM_SCAN_SEQ), &mm->numa_scan_seq, seq + 1);
	shared_write64(MM_OBJECT(mm, MM_SCAN_OFFSET), &mm->numa_scan_offset, 0);
}

static void scan_from(struct scan *s)
{
	struct vm_area_struct *vma = find_vma(s->mm, s->start);
	bool stopped = false;

	if (!vma) {
		reset_scan(s->mm);
		s->start = 0;
		vma = s->mm->mmap;
	}
	if (has(ROW_DRAFT_MASHED))
		lazy(s->mm, true);
	for (; vma && !stopped; vma = stopped ? vma : vma->vm_next)
		stopped = scan_vma(s, vma);
	if (has(ROW_DRAFT_MASHED))
		lazy(s->mm, false);
	if (vma)
		shared_write64(MM_OBJECT(s->mm, MM_SCAN_OFFSET), &s->mm->numa_scan_offset,
			       s->start);
	else
		reset_scan(s->mm);
}

void task_numa_work(void)
{
	struct mm_struct *mm = current_task()->mm;
	struct scan s = {.mm = mm, .pages = SCAN_SIZE_PAGES};

	if (!has(ROW_SCAN_FIRST_NODE) && on_first_node(mm))
		return;
	if (!claim_scan(mm))
		return;
	/* To v3.12 the turn is lost while this node has received too much. */
	if (!has(ROW_SCAN_RATE_LIMITED) && migrate_ratelimited(this_cpu()->node))
		return;
	s.start = shared_read64(MM_OBJECT(mm, MM_SCAN_OFFSET), &mm->numa_scan_offset);
	rwlock_take_read(&mm->mmap_sem);
	scan_from(&s);
	rwlock_release_read(&mm->mmap_sem);
	event(EVENT_SCANNED, mm->name);
}
