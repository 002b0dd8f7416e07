/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is done to all entries of a range: taken away, given other rights, moved, copied to a child.
 * Each by the steps, locks and flushes of the release. mmap_sem is held as the release wants it.
 */
#ifndef MM_RANGES_H
#define MM_RANGES_H

#include "mm/entry.h"

/*
 * A gather: pages (and tables) that entries no longer lead to, kept until the flush.
 *
 *	struct mmu_gather tlb;
 *
 *	tlb_gather_mmu(&tlb, mm, start, end);
 *	unmap_vmas(&tlb, vma, start, end);
 *	free_pgtables(&tlb, vma, floor, ceiling);
 *	tlb_finish_mmu(&tlb, start, end);
 */
#define GATHER_BUNDLE  8   /* pages that a gather itself has room for, */
#define GATHER_BATCH   510 /* a batch, which is a page of memory there, */
#define GATHER_BATCHES 19  /* and how many of those it may have */
struct gather_batch {
	struct page *page[GATHER_BATCH];
	uint16_t late[GATHER_BATCH];
};
struct mmu_gather {
	struct mm_struct *mm;
	uint64_t start, end;	   /* to v3.18 as given; then what was touched, end 0: nothing */
	bool fullmm, need_flush, freed_tables;
	bool full; /* no room: to be flushed before anything else is gathered */
	bool late; /* v6.2+: some page loses its mapping after the flush */
	unsigned nr;
	struct page *page[GATHER_BUNDLE]; /* tables among them */
	uint16_t late_part[GATHER_BUNDLE]; /* 1 + which part of a huge page; 0: not late */
	struct gather_batch *batch[GATHER_BATCHES]; /* NULL: not needed yet */
};

/* @start 0 and @end UINT64_MAX: the whole address space, which nobody uses any more. */
void tlb_gather_mmu(struct mmu_gather *tlb, struct mm_struct *mm, uint64_t start, uint64_t end);
void tlb_finish_mmu(struct mmu_gather *tlb, uint64_t start, uint64_t end);

/* An entry for [address, address + size) was taken away or lost rights. */
void tlb_remove_tlb_entry(struct mmu_gather *tlb, uint64_t address, uint64_t size);
/* The reference of that entry goes after the flush. true: the batch is full, flush it. */
bool tlb_remove_page(struct mmu_gather *tlb, struct page *page);
/* The same for a table that translated @size at @address, its own entry cleared. */
void tlb_remove_table(struct mmu_gather *tlb, struct page *page, uint64_t address, uint64_t size);
/* Flush what was gathered; flush, and free the pages. */
void tlb_flush_mmu_tlbonly(struct mmu_gather *tlb);
void tlb_flush_mmu(struct mmu_gather *tlb);

/* The page that a present @pte of @vma counts for; NULL: special, or a driver's frame. */
struct page *vm_normal_page(const struct vm_area_struct *vma, uint64_t address, pte_t pte);

/* Zap the entries of every VMA from @vma on that meets [start, end): munmap, exit. */
void unmap_vmas(struct mmu_gather *tlb, struct vm_area_struct *vma, uint64_t start, uint64_t end);

/* Zap [start, start + size) of one VMA, gather and flush included (MADV_DONTNEED). */
void zap_page_range(struct vm_area_struct *vma, uint64_t start, uint64_t size);
/* The same of a mapping of a file; without @copies, only what the file itself holds. */
void zap_file_range(struct vm_area_struct *vma, uint64_t start, uint64_t size, bool copies);

/* Pages of [start, end) of an anonymous VMA may be taken unless they are written again
 * (MADV_FREE). */
void madvise_free_range(struct vm_area_struct *vma, uint64_t start, uint64_t end);
/* They are old now (MADV_COLD), or reclaimed (MADV_PAGEOUT). Both: mmap_sem for reading, gather
 * and flush included. */
void madvise_cold_range(struct vm_area_struct *vma, uint64_t start, uint64_t end, bool pageout);

/* Free the tables that only served [floor, ceiling), after the VMAs of it went. */
void free_pgtables(struct mmu_gather *tlb, struct vm_area_struct *vma, uint64_t floor,
		   uint64_t ceiling);

/*
 * All entries of [start, end) get the rights of @newprot (kernel_page_prot()), with what a private
 * mapping may not have yet. How many changed, as the release counts. mm/mprotect.c.
 */
#define CP_DIRTY_ACCT	 1 /* a shared file that tracks dirty pages: clean entries stay read-only */
#define CP_PROT_NUMA	 2 /* arm NUMA hints instead: rights are kept aside, pages judged */
#define CP_TRY_WRITABLE	 4 /* v5.19+: make writable what may be at once */
unsigned long change_protection(struct vm_area_struct *vma, uint64_t start, uint64_t end,
				uint64_t newprot, unsigned cp_flags);

/* v5.19+: the same inside a gather that spans several VMAs. */
unsigned long change_protection_gather(struct mmu_gather *tlb, struct vm_area_struct *vma,
				       uint64_t start, uint64_t end, uint64_t newprot,
				       unsigned cp_flags);

/* Entries of [old_addr, old_addr + len) go to @new_addr in another VMA of the same mm; how many
 * bytes went before memory ran out. mm/mremap.c. */
uint64_t move_page_tables(struct vm_area_struct *vma, uint64_t old_addr,
			  struct vm_area_struct *new_vma, uint64_t new_addr, uint64_t len);

/* The child's entries of a VMA, its own sharing what is private (mm/memory.c, copy_page_range()).
 * 0 or -ENOMEM. */
int copy_page_range(struct vm_area_struct *dst_vma, struct vm_area_struct *src_vma);

/* A number written to /proc/PID/clear_refs (fs/proc/task_mmu.c). 0, -EINVAL. */
enum clear_refs {
	CLEAR_REFS_ALL = 1,
	CLEAR_REFS_ANON,
	CLEAR_REFS_MAPPED,
	CLEAR_REFS_SOFT_DIRTY, /* v3.11+ */
	CLEAR_REFS_HIWATER,    /* v4.0+: nothing here keeps the peak */
};
int clear_refs(struct mm_struct *mm, int what);

/* Turn a huge PMD of @vma into a table of PTEs, if it is one (mm/huge_memory.c, by era). */
void split_huge_pmd(struct vm_area_struct *vma, pmd_t *pmd, uint64_t address);
/* Split those that @start or @end cut, before a VMA is cut there. */
void vma_adjust_trans_huge(struct vm_area_struct *vma, uint64_t start, uint64_t end);

#endif
