/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Address spaces. Names are the kernel's; what a field means is what it means there.
 *
 *   mm_struct --- mmap ---> vm_area_struct (a list, by address)
 *       |                       `--- anon_vma
 *       `--- pgd ---> real page tables in simulated memory; a struct table for each
 */
#ifndef MM_MM_H
#define MM_MM_H

#include "exec/lock.h"
#include "kernel/kernel.h"
#include "machine/machine.h"
#include "sched/task.h"
#include "mm/vma.h"
#include "x86/cpu.h"

#include <bsd/sys/queue.h>
#include <bsd/sys/tree.h>

#define HPAGE_SIZE ((uint64_t)FRAME_SIZE * BLOCK_FRAMES)
#define HPAGE_MASK (~(HPAGE_SIZE - 1))
#define PAGE_MASK_4K (~(uint64_t)(FRAME_SIZE - 1))

/* Classes of locks, for printing. */
enum lock_class {
	LOCK_MMAP_SEM = 1,
	LOCK_PAGE_TABLE, /* mm->page_table_lock */
	LOCK_TABLE,	 /* one page table's own */
	LOCK_ANON_VMA,
	LOCK_LRU,
	LOCK_PAGE,	 /* PG_locked */
	LOCK_VMA,	 /* v6.4+: a VMA's own */
	LOCK_SWAP,	 /* the swap device's slots */
	LOCK_SWAP_CACHE,
	LOCK_MAPPING,	 /* a file's page cache */
	LOCK_I_MMAP,	 /* a file's list of mappings */
	LOCK_HUGETLB,	 /* the pool of huge pages */
	LOCK_USER,	 /* of code that users of the library bring */
};

/* Fields of an mm that are shared words, as parts of OBJECT(OBJ_MM, name, ...). */
enum mm_field {
	MM_CPUMASK = 1,
	MM_FLUSH_PENDING,
	MM_FLUSH_BATCHED,
	MM_HAS_PINNED,
	MM_WRITE_PROTECT_SEQ,
	MM_NUMA_TLB_LAZY,
	MM_NEXT_SCAN,
	MM_SCAN_OFFSET,
	MM_SCAN_SEQ,
	MM_VMAS,
	MM_FIRST_NID,
	MM_LOCK_SEQ,
	MM_HUGE_ZERO,
	MM_NUMAB, /* what the scanner knows of the VMAs */
	MM_TLB_GEN,
	MM_NEXT_TRIM,
	MM_USERS,
	MM_COUNT,
};
#define MM_OBJECT(mm, field) OBJECT(OBJ_MM, (mm)->name, (field))

/* A page table in use: page->index of its frame is its arena_id(). */
struct table {
	RB_ENTRY(table) link; /* mm->tables */
	struct lock ptl;
	struct mm_struct *mm;
	struct table *deposit; /* of a PMD table, v3.13+: put by for splits, by name */
	struct table *next;    /* in such a list */
	uint64_t base; /* the first address that it translates */
	uint64_t pa;   /* where it is */
	uint8_t level; /* 1: entries map 4 KiB ... 4 or 5: the top */
};
RB_HEAD(table_tree, table);
RB_PROTOTYPE(table_tree, table, link, )

/* What an mm counts of its pages, for limits and /proc. */
enum rss_kind { MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS, MM_SHMEMPAGES, NR_MM_COUNTERS };

#define MM_LABEL 32 /* bytes of what texts call an address space */

struct mm_struct {
	TAILQ_ENTRY(mm_struct) link; /* the room's, by name */
	uint32_t name;		     /* birth name */
	char label[MM_LABEL];
	int32_t mm_users; /* threads and others that use the address space */
	int32_t mm_count; /* the users, as one, and those that only hold the structure */
	uint64_t pgd;	  /* physical address of the top table */
	struct table_tree tables;
	struct rwlock mmap_sem; /* mmap_lock from v5.8 on */
	struct lock page_table_lock;
	struct vma_tree vmas; /* by address */
	uint32_t map_count;
	uint32_t mm_lock_seq; /* v6.4+: per-VMA locks taken for writing carry this number */

	/* layout, in bytes; brk and the stack grow from where they start */
	uint64_t setup_base; /* mappings of a set-up begin here */
	uint64_t task_size, mmap_base, start_brk, brk, start_stack, start_code, end_code,
		start_data, end_data;
	uint64_t def_flags;				     /* enum vm_flags of new VMAs */
	uint64_t total_vm, locked_vm, data_vm, exec_vm, stack_vm; /* pages */
	uint64_t rlimit_as, rlimit_data, rlimit_stack, rlimit_memlock; /* bytes */
	bool unprivileged; /* no CAP_IPC_LOCK, CAP_SYS_RAWIO, CAP_SYS_NICE: as if not root */
	int64_t rss[NR_MM_COUNTERS];			     /* pages */
	uint64_t pgtables_bytes;

	/* translations */
	uint64_t cpumask;	   /* bit per machine CPU index that has the tables loaded */
	uint64_t tlb_gen;	   /* v4.14+: counts flushes that were asked for */
	uint64_t ctx_id;	   /* never given to another address space */
	uint64_t next_trim_cpumask; /* 6db2526c1d69, ms */
	int32_t tlb_flush_pending; /* 20841405940e: a boolean; 16af97dc5a89: a counter */
	int32_t tlb_flush_batched; /* 3ea277194daa */
	int32_t numa_tlb_lazy;	   /* draft of mail 004 */
	int32_t has_pinned;	   /* v5.9+: some page of it was pinned once */
	int32_t write_protect_seq; /* 57efa1fe5957: odd while fork write-protects */
	bool huge_zero;		   /* v4.9+: uses the huge zero page (huge_zero.h) */

	/* NUMA balancing */
	uint64_t numa_next_scan;   /* ms */
	uint64_t numa_scan_offset; /* bytes */
	int32_t numa_scan_seq;
	int32_t first_nid;	   /* to 3.12: the first node that it ran on, or one of these: */
#define NUMA_SCAN_INIT	 (-1)	   /* has not been scanned */
#define NUMA_SCAN_ACTIVE (-2)	   /* has run on a second node */

	struct table *deposit;	   /* to v3.12: tables put by for splits, by name */
};

/* Event counters (/proc/vmstat); statistics that no decision reads. */
#define VM_EVENTS(X)                                                                               \
	X(PGFAULT, "pgfault")                                                                      \
	X(PGMAJFAULT, "pgmajfault")                                                                \
	X(PGREUSE, "pgreuse")                                                                      \
	X(PSWPIN, "pswpin")                                                                        \
	X(PSWPOUT, "pswpout")                                                                      \
	X(PGALLOC_NORMAL, "pgalloc_normal")                                                        \
	X(PGFREE, "pgfree")                                                                        \
	X(PGLAZYFREE, "pglazyfree")                                                                \
	X(PGLAZYFREED, "pglazyfreed")                                                              \
	X(NUMA_PTE_UPDATES, "numa_pte_updates")                                                    \
	X(NUMA_HUGE_PTE_UPDATES, "numa_huge_pte_updates")                                          \
	X(NUMA_HINT_FAULTS, "numa_hint_faults")                                                    \
	X(NUMA_HINT_FAULTS_LOCAL, "numa_hint_faults_local")                                        \
	X(NUMA_PAGES_MIGRATED, "numa_pages_migrated")                                              \
	X(PGMIGRATE_SUCCESS, "pgmigrate_success")                                                  \
	X(PGMIGRATE_FAIL, "pgmigrate_fail")                                                        \
	X(THP_FAULT_ALLOC, "thp_fault_alloc")                                                      \
	X(THP_FAULT_FALLBACK, "thp_fault_fallback")                                                \
	X(THP_ZERO_PAGE_ALLOC, "thp_zero_page_alloc")                                              \
	X(THP_ZERO_PAGE_ALLOC_FAILED, "thp_zero_page_alloc_failed")                                \
	X(THP_SPLIT_PAGE, "thp_split_page")                                                        \
	X(THP_DEFERRED_SPLIT_PAGE, "thp_deferred_split_page")                                      \
	X(THP_SPLIT_PMD, "thp_split_pmd")                                                          \
	X(UNEVICTABLE_PGCULLED, "unevictable_pgs_culled")                                          \
	X(UNEVICTABLE_PGRESCUED, "unevictable_pgs_rescued")                                        \
	X(UNEVICTABLE_PGMLOCKED, "unevictable_pgs_mlocked")                                        \
	X(UNEVICTABLE_PGMUNLOCKED, "unevictable_pgs_munlocked")                                    \
	X(UNEVICTABLE_PGCLEARED, "unevictable_pgs_cleared")                                        \
	X(UNEVICTABLE_PGSTRANDED, "unevictable_pgs_stranded")
enum vm_event {
#define X(id, name) VM_EVENT_##id,
	VM_EVENTS(X)
#undef X
	VM_EVENT_NR
};

enum thp_mode { THP_NEVER, THP_MADVISE, THP_ALWAYS };

struct file;
struct numa_hooks;
struct numa_knobs;
struct page_room;
struct swap_device;
struct hugetlb_pool;

/* What lib/mm keeps per machine; in the arena. */
struct mm_room {
	TAILQ_HEAD(, mm_struct) mms;	  /* by name */
	unsigned nr_mm;
	TAILQ_HEAD(, task_struct) tasks;	  /* by name */
	TAILQ_HEAD(, anon_vma) anon_vmas; /* by name of the lock */
	struct lock *lru_lock; /* by node */
	struct page_room *pages; /* zone.h */
	struct swap_device *swap;	 /* swap.h; NULL: none */
	uint8_t *interleave_weight;	 /* by node (mempolicy_node.c); NULL: all weigh 1 */
	struct hugetlb_pool *hugetlb;	 /* hugetlb.h; NULL: no page was ever in it */
	TAILQ_HEAD(, file) files;	 /* file.h, by name */
	const struct numa_hooks *numa;
	struct numa_knobs *numa_knobs;	 /* hooks.h; NULL: nobody balances */
	enum thp_mode thp;
	uint64_t last_ctx_id;
	bool two_step_walk;	/* the walk and the access of an instruction are separate steps */
	uint64_t zero_pfn;	/* the page of zeroes, there from the start */
	uint64_t huge_zero_pfn;
	int32_t huge_zero_users; /* huge_zero.h; 0: there is none */
	bool thp_zero_page;	/* use_zero_page: read faults share the huge zero page */
	uint64_t vm_event[VM_EVENT_NR];
	uint64_t *migrate_window_pages; /* rate limit of hint migrations, by node */
	uint64_t *migrate_window_end;
};

int mm_init(struct numasim_machine *m);

/* The top table of @mm, which must be listed in the room. 0, -ENOMEM or -ENOSPC. */
int mm_alloc_pgd(struct numasim_machine *m, struct mm_struct *mm);
void mm_undo_pgd(struct numasim_machine *m, struct mm_struct *mm);

/* Fill in a zeroed @mm, all but its top table, and list it; take it out of the list. */
void mm_setup(struct numasim_machine *m, struct mm_struct *mm, uint32_t name, const char *label);
void mm_unlink(struct numasim_machine *m, struct mm_struct *mm);

/* Make an address space with an empty top table; a failure changes nothing. */
int mm_create(struct numasim_machine *m, struct mm_struct **mm, const char *label);
/* As if it had not been made: the last thing that was, and nothing uses it. */
void mm_undo_create(struct numasim_machine *m, struct mm_struct *mm);

/* Set-up: add a mapping, above all others. @file NULL: anonymous and private; else of that file
 * from its beginning, with a reference of its own. 0 or -ENOMEM. */
int mm_map_setup(struct numasim_machine *m, struct vm_area_struct **vma, struct mm_struct *mm,
		 uint64_t length, uint64_t vm_flags, struct file *file, bool align_huge);
/* The same, anonymous. */
int mm_map_anon(struct numasim_machine *m, struct vm_area_struct **vma, struct mm_struct *mm,
		uint64_t length, uint64_t vm_flags, bool align_huge);

/* The address space, the table with that birth name; NULL: none. */
struct mm_struct *mm_by_name(const struct numasim_machine *m, uint32_t name);
struct table *table_by_name(const struct numasim_machine *m, uint32_t name);

static inline const struct kernel *current_kernel(void)
{
	return current_machine()->kernel;
}

static inline bool has(enum kernel_row row)
{
	return kernel_has(current_machine()->kernel, row);
}

static inline void count_vm_events(enum vm_event item, uint64_t n)
{
	current_machine()->mm->vm_event[item] += n;
}

#endif
