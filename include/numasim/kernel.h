/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file kernel.h
 * The kernel's own vocabulary, for code of yours that runs on a simulated CPU.
 *
 * Longer than 300 lines because it is the whole vocabulary in one place, in reading order.
 *
 * You write kernel code; the library runs it on as many simulated CPUs as you like, in every order
 * (see <numasim/explore.h>) and tells you which order breaks it:
 *
 * @code
 * static void writer(void *payload)
 * {
 *         struct shared *s = payload;
 *
 *         spin_lock(s->lock);
 *         atomic_set(s->x, atomic_read(s->x) + 1);
 *         spin_unlock(s->lock);
 * }
 * @endcode
 *
 * **Steps.** Every access to something shared is a *point*: the code says what it is about to do,
 * others may run, then it does it. What it does up to its next point is one step, and steps are
 * what orders are made of. A function below that is a point says so; what says nothing is none. A
 * read-modify-write is one step. Releasing a lock belongs to the step before it (or is a step of
 * its own: see struct numasim_program_options).
 *
 * **What your code may use.** The objects of this header; its own stack (64 KiB); and what never
 * changes, such as the struct behind its payload, as long as nothing writes it. Anything else that
 * changes (globals, malloc'd memory, files) is not put back when the explorer goes back in time,
 * and makes the search wrong without a word. The code must be deterministic.
 *
 * **Spinning** is not a loop here, it is a wait: use the locks, numasim_atomic_wait_eq() and
 * lock_page(). A retry loop is fine; if it may go round for ever, give it numasim_loop_head().
 *
 * **Memory order** is sequential consistency: smp_mb() and its kin cost no step.
 *
 * **Outside simulated code**, before a search or in a final check, variables are read and written
 * at once, and predicates of entries answer (in a final check: which release it is, is only known
 * there). Everything else does nothing there and returns 0, false or NULL.
 *
 * **Names.** Exported symbols start with numasim_. The kernel's names are macros for them, at the
 * end of this file; define NUMASIM_KERNEL_NO_SHORT_NAMES before the #include to go without. The
 * structs keep the kernel's names, and are opaque.
 *
 * **Which kernel.** What a release decides (predicates, hints, flushes) follows the release that
 * the machine was built with.
 */
#ifndef NUMASIM_KERNEL_H
#define NUMASIM_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <numasim/error.h>
#include <numasim/export.h>

#ifdef __cplusplus
extern "C" {
#endif

struct numasim_machine;
struct page;
struct mm_struct;
struct vm_area_struct;

/** Bytes of the name of a variable or a lock, with the terminating zero. */
#define NUMASIM_LABEL 24

/* ------------------------------------------------------------------------------------------ */
/** @name Shared variables: the kernel's atomic_t, and any word that is read without a lock. @{ */

/** 64 bits that belong to a machine; every access is one step. */
struct numasim_atomic;

/**
 * A new variable.
 *
 * @param[out] v       the variable; belongs to @p machine and goes with it
 * @param      machine where it lives; must not be running
 * @param      label   what witnesses call it: 1 to NUMASIM_LABEL - 1 bytes, unlike other labels
 * @param      value   its value at the start
 * @param[out] err     may be NULL
 * @return 0, -EINVAL (label), -EEXIST (label), -EBUSY (called by simulated code), -ENOMEM
 */
NUMASIM_API int numasim_atomic_new(struct numasim_atomic **v, struct numasim_machine *machine,
				   const char *label, int64_t value, struct numasim_error *err);

/** Read, one step. */
NUMASIM_API int64_t numasim_atomic_read(const struct numasim_atomic *v);
/** Write, one step. */
NUMASIM_API void numasim_atomic_set(struct numasim_atomic *v, int64_t value);
/** Add (wrapping) and return the new value, one step. */
NUMASIM_API int64_t numasim_atomic_add_return(int64_t delta, struct numasim_atomic *v);
/** Write and return the value before, one step. */
NUMASIM_API int64_t numasim_atomic_xchg(struct numasim_atomic *v, int64_t value);
/** If the value is @p old_value write @p new_value; return the value found. One step. */
NUMASIM_API int64_t numasim_atomic_cmpxchg(struct numasim_atomic *v, int64_t old_value,
					   int64_t new_value);
/** Wait until the variable is @p value; one step, which is possible only then. */
NUMASIM_API void numasim_atomic_wait_eq(const struct numasim_atomic *v, int64_t value);
/** Wait until the variable is not @p value, and return what it is; one step. */
NUMASIM_API int64_t numasim_atomic_wait_ne(const struct numasim_atomic *v, int64_t value);

/** @} */
/* ------------------------------------------------------------------------------------------ */
/** @name Locks. Taking one is a step that is possible while the lock is free: nobody spins. @{ */

/** A spin lock or a mutex: only its holder releases it. */
struct numasim_lock;
/** Many readers or one writer. */
struct numasim_rwsem;

/** A new lock, free; as numasim_atomic_new(). */
NUMASIM_API int numasim_lock_new(struct numasim_lock **lock, struct numasim_machine *machine,
				 const char *label, struct numasim_error *err);
/** A new read-write semaphore, free; as numasim_atomic_new(). */
NUMASIM_API int numasim_rwsem_new(struct numasim_rwsem **sem, struct numasim_machine *machine,
				  const char *label, struct numasim_error *err);

/** Take it, one step. Taking a lock that one holds is a deadlock, and found. */
NUMASIM_API void numasim_lock_take(struct numasim_lock *lock);
/** Try to take it, one step. @return got it */
NUMASIM_API bool numasim_lock_try(struct numasim_lock *lock);
/** Release it. By anybody but its holder it breaks the oracle "assertion". */
NUMASIM_API void numasim_lock_release(struct numasim_lock *lock);
/** Is it held, by anybody? One step. */
NUMASIM_API bool numasim_lock_is_held(struct numasim_lock *lock);

/** Take it for reading, one step. */
NUMASIM_API void numasim_rwsem_read(struct numasim_rwsem *sem);
/** Try to take it for reading, one step. @return got it */
NUMASIM_API bool numasim_rwsem_try_read(struct numasim_rwsem *sem);
/** Release what numasim_rwsem_read() took; more often breaks the oracle "assertion". */
NUMASIM_API void numasim_rwsem_release_read(struct numasim_rwsem *sem);
/** Take it for writing, one step. */
NUMASIM_API void numasim_rwsem_write(struct numasim_rwsem *sem);
/** Try to take it for writing, one step. @return got it */
NUMASIM_API bool numasim_rwsem_try_write(struct numasim_rwsem *sem);
/** Release what numasim_rwsem_write() took; by anybody else breaks the oracle "assertion". */
NUMASIM_API void numasim_rwsem_release_write(struct numasim_rwsem *sem);

/** @} */
/* ------------------------------------------------------------------------------------------ */
/** @name Guarded variables: plain data under a lock. No steps; the lock's are enough. @{ */

/** 64 bits that only the holder of one lock touches. */
struct numasim_guarded;

/** A new guarded variable; as numasim_atomic_new(). @p lock guards it, for ever. */
NUMASIM_API int numasim_guarded_new(struct numasim_guarded **v, struct numasim_machine *machine,
				    const char *label, int64_t value, struct numasim_lock *lock,
				    struct numasim_error *err);
/** Read; no step. Without the lock it is a data race and breaks the oracle "assertion". */
NUMASIM_API int64_t numasim_guarded_read(const struct numasim_guarded *v);
/** Write; no step. Without the lock it is a data race and breaks the oracle "assertion". */
NUMASIM_API void numasim_guarded_set(struct numasim_guarded *v, int64_t value);

/** @} */
/* ------------------------------------------------------------------------------------------ */
/** @name What a test says about its own run. @{ */

/**
 * This run counts only if @p condition holds, as a model checker's assume. What fails it is not a
 * run of the program: it ends here, and what it would have broken later is not looked for. Does
 * nothing outside simulated code.
 */
NUMASIM_API void numasim_assume(bool condition);

/**
 * The oracle "assertion" fires, with a sentence of one's own; in simulated code the context ends
 * there, as at a BUG(). If that oracle is off, nothing happens.
 */
NUMASIM_API void numasim_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** numasim_fail() unless @p condition holds; its text becomes the sentence. */
#define numasim_assert(condition)                                                                  \
	((condition) ? (void)0 : numasim_fail("`%s` does not hold", #condition))

/** What the running step does, in words, for witnesses; costs nothing while searching. */
NUMASIM_API void numasim_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** The running step got something done: a cycle that holds it is no livelock. */
NUMASIM_API void numasim_progress(void);

/**
 * The head of a loop that may go round for ever: all that the code still knows, on its whole stack,
 * is where it stands and @p values. Without this the explorer remembers all that a context has ever
 * read, and tells apart two rounds of the same loop.
 *
 * @param name   tells this place from others of the same context
 * @param values every local that is used later, of the callers too; what is left out makes the
 *               explorer take different states for the same one, and miss orders
 * @param nr     how many; 0 is fine
 */
NUMASIM_API void numasim_loop_head(const char *name, const int64_t *values, size_t nr);

/** @} */
/* ------------------------------------------------------------------------------------------ */
/** @name Where the code runs. @{ */

/** Id of the CPU. */
NUMASIM_API unsigned numasim_smp_processor_id(void);
/** Id of its node. */
NUMASIM_API unsigned numasim_numa_node_id(void);
/** The address space that is loaded on this CPU, or NULL. */
NUMASIM_API struct mm_struct *numasim_current_mm(void);
/** No interrupt is taken from here on, one step; nests. */
NUMASIM_API void numasim_local_irq_disable(void);
/** Undo the last numasim_local_irq_disable(). */
NUMASIM_API void numasim_local_irq_enable(void);

/** @} */
/* ------------------------------------------------------------------------------------------ */
/** @name User memory, through TLB, tables and fault handler, as an instruction in user mode. @{
 *
 * For the code of a thread in user mode: with no locks held. It needs a context that has an
 * address space. A fault runs lib/mm's handler, whose steps are those of the release. */

/** Load 8 bytes at @p address, a multiple of 8. @return false: killed by a signal, nothing read */
NUMASIM_API bool numasim_user_load(uint64_t *value, uint64_t address);
/** Store 8 bytes at @p address (aligned to 8). @return false: killed by a signal */
NUMASIM_API bool numasim_user_store(uint64_t address, uint64_t value);

/** @} */
/* ------------------------------------------------------------------------------------------ */
/** @name Address spaces. @{ */

/** The first mapping that ends above @p address, or NULL. With mmap_sem held. */
NUMASIM_API struct vm_area_struct *numasim_find_vma(struct mm_struct *mm, uint64_t address);
/** The address space of a mapping. */
NUMASIM_API struct mm_struct *numasim_vma_mm(const struct vm_area_struct *vma);
/** First byte of a mapping. */
NUMASIM_API uint64_t numasim_vma_start(const struct vm_area_struct *vma);
/** First byte after a mapping. */
NUMASIM_API uint64_t numasim_vma_end(const struct vm_area_struct *vma);
/** Protection bits for the entries of a mapping (vm_page_prot): without RW if it is private. */
NUMASIM_API uint64_t numasim_vma_page_prot(const struct vm_area_struct *vma);
/** mm->mmap_sem. */
NUMASIM_API struct numasim_rwsem *numasim_mmap_sem(struct mm_struct *mm);
/** mm->page_table_lock. */
NUMASIM_API struct numasim_lock *numasim_page_table_lock(struct mm_struct *mm);

/**
 * Make [@p start, @p end) of a mapping hint, with its flush; v3.8 to v3.13, mm/mempolicy.c and
 * mm/mprotect.c. Many steps.
 *
 * @return entries that changed, as the release counts them
 */
NUMASIM_API unsigned long numasim_change_prot_numa(struct vm_area_struct *vma, uint64_t start,
						   uint64_t end);

/** @} */
/* ------------------------------------------------------------------------------------------ */
/** @name Entries of page tables. Each is reached through a pointer; looking at it is a step. @{ */

/** The PMD for @p address, or NULL if a table on the way is missing. No step. */
NUMASIM_API uint64_t *numasim_mm_find_pmd(struct mm_struct *mm, uint64_t address);
/** The PTE for @p address, or NULL if there is no table of PTEs. No step. */
NUMASIM_API uint64_t *numasim_mm_find_pte(struct mm_struct *mm, uint64_t address);
/** The lock of a PMD: its table's own from v3.13-rc1 on, before that mm->page_table_lock. */
NUMASIM_API struct numasim_lock *numasim_pmd_lockptr(struct mm_struct *mm, uint64_t *pmd);
/** The lock of the table that holds a PTE. */
NUMASIM_API struct numasim_lock *numasim_pte_lockptr(struct mm_struct *mm, uint64_t *pte);

/** Read an entry, one step. */
NUMASIM_API uint64_t numasim_entry_read(const uint64_t *entry);
/** Store an entry, one step; no flush. @p address: what it translates, for texts */
NUMASIM_API void numasim_set_entry_at(struct mm_struct *mm, uint64_t address, uint64_t *entry,
				      uint64_t value);
/** Read and zero an entry, one step; no flush. */
NUMASIM_API uint64_t numasim_entry_get_and_clear(struct mm_struct *mm, uint64_t address,
						 uint64_t *entry);
/** numasim_entry_get_and_clear(), then flush the 2 MiB from @p address on. */
NUMASIM_API uint64_t numasim_pmdp_clear_flush(struct vm_area_struct *vma, uint64_t address,
					      uint64_t *pmd);
/** numasim_entry_get_and_clear(), then flush the page if the release thinks it was accessible. */
NUMASIM_API uint64_t numasim_ptep_clear_flush(struct vm_area_struct *vma, uint64_t address,
					      uint64_t *pte);

/** What the release takes an entry for; no steps. @{ */
/** Empty, but for bits that the release ignores? */
NUMASIM_API bool numasim_pte_none(uint64_t entry);
/** The release reads it as a page or a table that is there? */
NUMASIM_API bool numasim_pte_present(uint64_t entry);
/** A hint: pte_numa() to v3.19, pte_protnone() from v4.0 on? */
NUMASIM_API bool numasim_pte_numa(uint64_t entry);
/** Writes allowed? */
NUMASIM_API bool numasim_pte_write(uint64_t entry);
/** Written since it was made clean? */
NUMASIM_API bool numasim_pte_dirty(uint64_t entry);
/** Used since it was made old? */
NUMASIM_API bool numasim_pte_young(uint64_t entry);
/** A page without a struct page? */
NUMASIM_API bool numasim_pte_special(uint64_t entry);
/** Empty, but for bits that the release ignores? */
NUMASIM_API bool numasim_pmd_none(uint64_t entry);
/** The release reads it as a page or a table that is there? */
NUMASIM_API bool numasim_pmd_present(uint64_t entry);
/** Neither empty nor a table, as the release judges? */
NUMASIM_API bool numasim_pmd_bad(uint64_t entry);
/** A transparent huge page? */
NUMASIM_API bool numasim_pmd_trans_huge(uint64_t entry);
/** A hint: pte_numa() to v3.19, pte_protnone() from v4.0 on? */
NUMASIM_API bool numasim_pmd_numa(uint64_t entry);
/** Writes allowed? */
NUMASIM_API bool numasim_pmd_write(uint64_t entry);
/** Written since it was made clean? */
NUMASIM_API bool numasim_pmd_dirty(uint64_t entry);
/** Used since it was made old? */
NUMASIM_API bool numasim_pmd_young(uint64_t entry);
/** @} */

/** An entry changed, in the bits of the release; no steps. @{ */
/** Made a hint. */
NUMASIM_API uint64_t numasim_pte_mknuma(uint64_t entry);
/** Made accessible again. */
NUMASIM_API uint64_t numasim_pte_mknonnuma(uint64_t entry);
/** Made dirty. */
NUMASIM_API uint64_t numasim_pte_mkdirty(uint64_t entry);
/** Made clean. */
NUMASIM_API uint64_t numasim_pte_mkclean(uint64_t entry);
/** Writes allowed. */
NUMASIM_API uint64_t numasim_pte_mkwrite(uint64_t entry);
/** Writes forbidden. */
NUMASIM_API uint64_t numasim_pte_wrprotect(uint64_t entry);
/** Made young. */
NUMASIM_API uint64_t numasim_pte_mkyoung(uint64_t entry);
/** Made old. */
NUMASIM_API uint64_t numasim_pte_mkold(uint64_t entry);
/** Made a hint. */
NUMASIM_API uint64_t numasim_pmd_mknuma(uint64_t entry);
/** Made accessible again. */
NUMASIM_API uint64_t numasim_pmd_mknonnuma(uint64_t entry);
/** Made dirty. */
NUMASIM_API uint64_t numasim_pmd_mkdirty(uint64_t entry);
/** Made clean. */
NUMASIM_API uint64_t numasim_pmd_mkclean(uint64_t entry);
/** Writes allowed. */
NUMASIM_API uint64_t numasim_pmd_mkwrite(uint64_t entry);
/** Writes forbidden. */
NUMASIM_API uint64_t numasim_pmd_wrprotect(uint64_t entry);
/** Made young. */
NUMASIM_API uint64_t numasim_pmd_mkyoung(uint64_t entry);
/** Made old. */
NUMASIM_API uint64_t numasim_pmd_mkold(uint64_t entry);
/** @} */

/** The page that a present or hinting PMD maps, or NULL if it is none of the machine's. */
NUMASIM_API struct page *numasim_pmd_page(uint64_t pmd);
/** The page that a present or hinting PTE maps, or NULL if it is none of the machine's. */
NUMASIM_API struct page *numasim_pte_page(uint64_t pte);
/** A PTE that maps @p page with protection bits @p prot. */
NUMASIM_API uint64_t numasim_mk_pte(struct page *page, uint64_t prot);
/** A PMD that maps the huge page @p page with protection bits @p prot. */
NUMASIM_API uint64_t numasim_mk_huge_pmd(struct page *page, uint64_t prot);

/** @} */
/* ------------------------------------------------------------------------------------------ */
/** @name TLB flushes, v3.8 to v3.13 arch/x86/mm/tlb.c: here, then everywhere, then wait. @{
 *
 * One step flushes this CPU; one asks each other CPU that has the mm loaded, by an interrupt that
 * it takes between instructions; one waits until all have answered. */

/** Flush [@p start, @p end) of a mapping's address space. */
NUMASIM_API void numasim_flush_tlb_range(struct vm_area_struct *vma, uint64_t start, uint64_t end);
/** Flush the 4 KiB page at @p address. */
NUMASIM_API void numasim_flush_tlb_page(struct vm_area_struct *vma, uint64_t address);
/** Has somebody changed entries and not flushed yet (20841405940e)? One step. */
NUMASIM_API bool numasim_mm_tlb_flush_pending(struct mm_struct *mm);
/** Say so, one step: a boolean, a counter with 16af97dc5a89. */
NUMASIM_API void numasim_set_tlb_flush_pending(struct mm_struct *mm);
/** Unsay it, one step. */
NUMASIM_API void numasim_clear_tlb_flush_pending(struct mm_struct *mm);

/** @} */
/* ------------------------------------------------------------------------------------------ */
/** @name Pages. Using one that is free breaks the oracle "use-after-free". @{ */

/** Order of a huge page: 512 base pages. */
#define NUMASIM_HPAGE_PMD_ORDER 9

/** What alloc_pages_node() is asked: bits of its own, not the kernel's. */
enum numasim_gfp {
	NUMASIM_GFP_KERNEL = 0,   /**< from the nearest node that has one */
	NUMASIM_GFP_THISNODE = 1, /**< from this node or not at all */
};

/**
 * A page, zeroed, with one reference; one step per node that is asked.
 *
 * @param nid   id of a node
 * @param gfp   enum numasim_gfp
 * @param order 0 or NUMASIM_HPAGE_PMD_ORDER; others do not exist here
 * @return the page; NULL if there is none, or @p nid or @p order does not exist
 */
NUMASIM_API struct page *numasim_alloc_pages_node(int nid, unsigned gfp, unsigned order);
/** One more reference, one step. */
NUMASIM_API void numasim_get_page(struct page *page);
/** One more reference unless the page is free, one step. @return got it */
NUMASIM_API bool numasim_get_page_unless_zero(struct page *page);
/** One reference less, one step; the last one frees the page in further steps. */
NUMASIM_API void numasim_put_page(struct page *page);
/** The references, one step. */
NUMASIM_API int numasim_page_count(struct page *page);
/** How many entries map it, one step. */
NUMASIM_API int numasim_page_mapcount(struct page *page);
/** Take the page lock, one step. */
NUMASIM_API void numasim_lock_page(struct page *page);
/** Try to, one step. @return got it */
NUMASIM_API bool numasim_trylock_page(struct page *page);
/** Release the page lock. */
NUMASIM_API void numasim_unlock_page(struct page *page);
/** Is it locked? One step. */
NUMASIM_API bool numasim_page_locked(struct page *page);
/** Wait until it is not locked; takes no reference. */
NUMASIM_API void numasim_wait_on_page_locked(struct page *page);
/** Take it off its LRU list with a reference more. @return it was on one */
NUMASIM_API bool numasim_isolate_lru_page(struct page *page);
/** Put it back and drop that reference. */
NUMASIM_API void numasim_putback_lru_page(struct page *page);
/** One entry more maps it; it is new, and goes on its LRU list. */
NUMASIM_API void numasim_page_add_new_anon_rmap(struct page *page, struct vm_area_struct *vma,
						uint64_t address);
/** One entry less maps it, one step. */
NUMASIM_API void numasim_page_remove_rmap(struct page *page);
/** Copy the contents of @p from to @p to, both of one size, in at least two steps. */
NUMASIM_API void numasim_copy_page(struct page *to, struct page *from);
/** Id of the node that the page is on. */
NUMASIM_API int numasim_page_to_nid(const struct page *page);
/** Number of its first 4 KiB frame. */
NUMASIM_API uint64_t numasim_page_to_pfn(const struct page *page);

/** @} */

#ifndef NUMASIM_KERNEL_NO_SHORT_NAMES
#include <numasim/kernel_names.h>
#endif

#ifdef __cplusplus
}
#endif
#endif
