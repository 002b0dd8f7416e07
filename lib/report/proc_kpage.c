/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /proc/kpageflags and /proc/kpagecount: stable_page_flags() and kpagecount_read() of v3.8 to v6.12
 * fs/proc/page.c. A frame that lies free in a CPU's list shows as free in the node's here, which
  * the kernel's does not.
 */
#include "report/proc.h"

#include <errno.h>

/* include/uapi/linux/kernel-page-flags.h */
enum kpf {
	KPF_LOCKED = 0,
	KPF_REFERENCED = 2,
	KPF_UPTODATE,
	KPF_DIRTY,
	KPF_LRU,
	KPF_ACTIVE,
	KPF_WRITEBACK = 8,
	KPF_BUDDY = 10,
	KPF_MMAP,
	KPF_ANON,
	KPF_SWAPCACHE,
	KPF_SWAPBACKED,
	KPF_COMPOUND_HEAD,
	KPF_COMPOUND_TAIL,
	KPF_HUGE,
	KPF_UNEVICTABLE,
	KPF_KSM = 21,
	KPF_THP = 22,
	KPF_ZERO_PAGE = 24, /* v4.0+ */
	KPF_PGTABLE = 26,   /* v4.18+ */
	KPF_RESERVED = 32,
	KPF_MLOCKED,
	KPF_MAPPEDTODISK,
	KPF_OWNER_PRIVATE = 37,
};

/* The flags that are bits of the page's own word. */
static const struct {
	uint32_t flag;
	enum kpf bit;
} own_flags[] = {
	{PAGE_LOCKED, KPF_LOCKED},	   {PAGE_REFERENCED, KPF_REFERENCED},
	{PAGE_UPTODATE, KPF_UPTODATE},	   {PAGE_DIRTY, KPF_DIRTY},
	{PAGE_LRU, KPF_LRU},		   {PAGE_ACTIVE, KPF_ACTIVE},
	{PAGE_WRITEBACK, KPF_WRITEBACK},   {PAGE_SWAPCACHE, KPF_SWAPCACHE},
	{PAGE_SWAPBACKED, KPF_SWAPBACKED}, {PAGE_UNEVICTABLE, KPF_UNEVICTABLE},
	{PAGE_RESERVED, KPF_RESERVED},	   {PAGE_MLOCKED, KPF_MLOCKED},
};

static uint64_t bit(bool set, enum kpf n)
{
	return set ? UINT64_C(1) << n : 0;
}

static bool is_compound(const struct page *page)
{
	return page->flags & PAGE_HEAD && !(page->flags & PAGE_MULTI);
}

static bool is_mapped(const struct page *page)
{
	return page->mapcount || (is_compound(page) && page_block(page)->parts &&
				  page_block(page)->parts_mapped);
}

/* To v6.9 the parts of a compound page show flags of their own, none; then the whole's. */
static uint64_t word_flags(const struct numasim_machine *m, const struct page *page, bool tail)
{
	uint32_t flags = page->flags;
	uint64_t k = 0;

	if (tail && !proc_since(m, 6, 10))
		return 0;
	if (flags & PAGE_ZERO) /* nobody ever filled it by way of I/O */
		flags &= ~PAGE_UPTODATE;
	for (unsigned i = 0; i < sizeof(own_flags) / sizeof(own_flags[0]); i++)
		k |= bit(flags & own_flags[i].flag, own_flags[i].bit);
	if (proc_since(m, 4, 10)) /* 6326fec1122c: one bit for both */
		k |= bit(flags & PAGE_SWAPCACHE, KPF_OWNER_PRIVATE);
	return k;
}

/*
 * v5.19+ says with the bit of PG_mappedtodisk that an anonymous page belongs to one process
 * (6c287605fd56, include/linux/page-flags.h). From v6.10 on the whole's shows, as of other bits.
 */
static bool anon_exclusive(const struct numasim_machine *m, const struct page *page, uint64_t pfn)
{
	const struct node_space *space = &m->space[page->node];
	const struct block *block = page_block(page);
	unsigned part = is_compound(page) ? pfn % BLOCK_FRAMES : 0;

	if (!(page->flags & PAGE_ANON))
		return false;
	if (part && !proc_since(m, 6, 10)) {
		if (!block->parts)
			return false;
		page = block_part(space, block - space->block, part);
	}
	return page->flags & PAGE_ANON_EXCLUSIVE;
}

/* v6.10 takes every anonymous page for one of KSM, as it tests two bits for either. */
static uint64_t kind_flags(const struct numasim_machine *m, const struct page *page, bool tail)
{
	bool anon = page->flags & PAGE_ANON, hugetlb = page->flags & PAGE_HUGETLB;
	bool zero = page->flags & PAGE_ZERO && proc_since(m, 4, 0);

	return bit(is_mapped(page), KPF_MMAP) | bit(anon, KPF_ANON) |
	       bit(anon && proc_since(m, 6, 10), KPF_KSM) |
	       bit(is_compound(page) && !tail, KPF_COMPOUND_HEAD) | bit(tail, KPF_COMPOUND_TAIL) |
	       bit(hugetlb, KPF_HUGE) |
	       bit(is_compound(page) && !hugetlb &&
		   (anon || zero || page->flags & PAGE_LRU), KPF_THP) |
	       bit(zero, KPF_ZERO_PAGE) |
	       bit(page->flags & PAGE_TABLE && proc_since(m, 4, 18), KPF_PGTABLE);
}

int proc_kpageflags(uint64_t *flags, const struct numasim_machine *m, uint64_t pfn)
{
	const struct page *page = pfn_to_page(m, pfn);
	bool tail;

	if (!page)
		return -ENOENT;
	if (page->flags & PAGE_FREE || !page->count) {
		*flags = bit(true, KPF_BUDDY);
		return 0;
	}
	tail = is_compound(page) && pfn % BLOCK_FRAMES;
	*flags = word_flags(m, page, tail) | kind_flags(m, page, tail) |
		 bit(anon_exclusive(m, page, pfn), KPF_MAPPEDTODISK);
	return 0;
}

int proc_kpagecount(uint64_t *count, const struct numasim_machine *m, uint64_t pfn)
{
	const struct page *page = pfn_to_page(m, pfn);

	if (!page)
		return -ENOENT;
	*count = page->flags & (PAGE_FREE | PAGE_TABLE) || !page->count
			 ? 0 : (uint64_t)proc_mapcount(m, page, pfn);
	return 0;
}
