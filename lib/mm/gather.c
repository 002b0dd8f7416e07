/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What entries led to is freed only when no processor can reach it any more (mm/memory.c to v4.17,
 * mm/mmu_gather.c since; include/asm-generic/tlb.h):
 *
 *   clear entry, gather its page   |   flush   |   drop the pages' references
 *   clear entry, gather its page   |           |
 *
 * What is flushed: to v3.18 the range that the gather was made for; then (fb7332a9fedf) no more
 * than was touched. From v4.13 on (99baac21e458) a gather says so in the mm, and one that finds
 * another under way flushes whether or not it found entries: the other may have emptied them.
 */
#include "mm/ranges.h"

#include "mm/mlock.h"
#include "mm/page.h"
#include "mm/swap.h"
#include "mm/rmap.h"
#include "mm/table.h"
#include "mm/tlb.h"
#include "mm/zap.h"
#include "mm/zone.h"

static void reset_range(struct mmu_gather *tlb)
{
	tlb->need_flush = false;
	tlb->freed_tables = false;
	if (!has(ROW_GATHER_MINIMAL_RANGE))
		return;
	tlb->start = UINT64_MAX;
	tlb->end = 0;
}

void tlb_gather_mmu(struct mmu_gather *tlb, struct mm_struct *mm, uint64_t start, uint64_t end)
{
	*tlb = (struct mmu_gather){.mm = mm, .start = start, .end = end,
				   .fullmm = !start && end == UINT64_MAX};
	reset_range(tlb);
	if (has(ROW_A5_NESTED_GATHER))
		set_tlb_flush_pending(mm);
}

void tlb_remove_tlb_entry(struct mmu_gather *tlb, uint64_t address, uint64_t size)
{
	tlb->need_flush = true;
	if (!has(ROW_GATHER_MINIMAL_RANGE))
		return;
	if (address < tlb->start)
		tlb->start = address;
	if (address + size > tlb->end)
		tlb->end = address + size;
}

/* How many pages fit into the gather itself, and into a batch. */
static unsigned bundle(void)
{
	return GATHER_BUNDLE - (has(ROW_GATHER_PAGE_RANGES) ? 1 : 0);
}

static unsigned batch(void)
{
	return GATHER_BATCH - (has(ROW_GATHER_PAGE_RANGES) ? 1 : 0);
}

/*
 * tlb_next_batch(): when a batch is full the next one is wanted. Without memory for it the gather
 * is full sooner; also, from v6.2 on, while mappings are to be dropped after the flush.
 */
static bool is_full(struct mmu_gather *tlb)
{
	unsigned beyond = tlb->nr - bundle(), next = beyond / batch();

	if (tlb->nr < bundle() || beyond % batch())
		return false;
	if (next == GATHER_BATCHES || (next && tlb->late))
		return true;
	if (!tlb->batch[next])
		tlb->batch[next] = kmalloc(sizeof(*tlb->batch[next]));
	return !tlb->batch[next];
}

/* Where the page of that number is kept. */
static struct page **page_at(struct mmu_gather *tlb, unsigned i)
{
	unsigned beyond = i - bundle();

	return i < bundle() ? &tlb->page[i]
			    : &tlb->batch[beyond / batch()]->page[beyond % batch()];
}

static uint16_t *late_at(struct mmu_gather *tlb, unsigned i)
{
	unsigned beyond = i - bundle();

	return i < bundle() ? &tlb->late_part[i]
			    : &tlb->batch[beyond / batch()]->late[beyond % batch()];
}

bool tlb_remove_page(struct mmu_gather *tlb, struct page *page)
{
	tlb->need_flush = true;
	*page_at(tlb, tlb->nr++) = page;
	tlb->full = is_full(tlb);
	return tlb->full;
}

void tlb_remove_table(struct mmu_gather *tlb, struct page *page, uint64_t address, uint64_t size)
{
	tlb_remove_tlb_entry(tlb, address, size);
	tlb->freed_tables = true;
	if (tlb_remove_page(tlb, page))
		tlb_flush_mmu(tlb);
}

void tlb_flush_mmu_tlbonly(struct mmu_gather *tlb)
{
	if (!tlb->need_flush)
		return;
	if (tlb->fullmm)
		flush_tlb_mm_range(tlb->mm, 0, UINT64_MAX, tlb->freed_tables);
	else
		flush_tlb_mm_range(tlb->mm, tlb->start, tlb->end, tlb->freed_tables);
	reset_range(tlb);
}

static void free_gathered(struct page *page)
{
	if (page->flags & PAGE_TABLE) {
		table_free(page);
		return;
	}
	free_swap_cache(page);
	put_page(page);
}

void tlb_flush_mmu(struct mmu_gather *tlb)
{
	tlb_flush_mmu_tlbonly(tlb);
	if (tlb->nr)
		lru_add_drain();
	for (unsigned i = 0; i < tlb->nr; i++)
		free_gathered(*page_at(tlb, i));
	tlb->nr = 0;
	tlb->full = false;
}

/* v6.2+: the page that is gathered next keeps its mapping until tlb_flush_late_rmaps(). */
void tlb_remove_rmap_late(struct mmu_gather *tlb, unsigned part)
{
	tlb->late = true;
	*late_at(tlb, tlb->nr) = (uint16_t)(part + 1);
}

void tlb_flush_late_rmaps(struct mmu_gather *tlb, const struct vm_area_struct *vma)
{
	for (unsigned i = 0; tlb->late && i < tlb->nr; i++) {
		uint16_t *late = late_at(tlb, i);

		if (*late) {
			page_remove_rmap_pte(*page_at(tlb, i), *late - 1u);
			munlock_vma_page(*page_at(tlb, i), vma, false);
		}
		*late = 0;
	}
	tlb->late = false;
}

/* 99baac21e458; v5.2 on (7a30df49f63a) everything is flushed then, not only the range. */
static void force_nested(struct mmu_gather *tlb, uint64_t start, uint64_t end)
{
	if (!mm_tlb_flush_nested(tlb->mm))
		return;
	tlb->need_flush = true;
	if (has(ROW_GATHER_NESTED_FULL)) {
		tlb->fullmm = true;
		tlb->freed_tables = true;
	} else {
		tlb->start = start;
		tlb->end = end;
	}
}

void tlb_finish_mmu(struct mmu_gather *tlb, uint64_t start, uint64_t end)
{
	if (has(ROW_A5_NESTED_GATHER))
		force_nested(tlb, start, end);
	tlb_flush_mmu(tlb);
	for (unsigned i = 0; i < GATHER_BATCHES && tlb->batch[i]; i++)
		kfree(tlb->batch[i], sizeof(*tlb->batch[i]));
	if (has(ROW_A5_NESTED_GATHER))
		clear_tlb_flush_pending(tlb->mm);
}
