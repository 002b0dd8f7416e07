/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file kernel_names.h
 * The kernel's names for what <numasim/kernel.h> declares, which includes this file unless
 * NUMASIM_KERNEL_NO_SHORT_NAMES is defined. Every macro stands for one exported symbol, so its
 * address can be taken; the contracts stand in kernel.h.
 */
#ifndef NUMASIM_KERNEL_NAMES_H
#define NUMASIM_KERNEL_NAMES_H

#include <stdint.h>

typedef uint64_t pte_t;
typedef uint64_t pmd_t;
typedef struct numasim_atomic atomic_t;
typedef struct numasim_lock spinlock_t;

/* shared variables */
#define atomic_read	  numasim_atomic_read
#define atomic_set	  numasim_atomic_set
#define atomic_add_return numasim_atomic_add_return
#define atomic_xchg	  numasim_atomic_xchg
#define atomic_cmpxchg	  numasim_atomic_cmpxchg
#define atomic_inc_return(v)	((atomic_add_return)(1, (v)))
#define atomic_dec_return(v)	((atomic_add_return)(-1, (v)))
#define atomic_inc(v)		((void)atomic_inc_return(v))
#define atomic_dec(v)		((void)atomic_dec_return(v))
#define atomic_dec_and_test(v)	(atomic_dec_return(v) == 0)
#define smp_mb()  ((void)0)
#define smp_rmb() ((void)0)
#define smp_wmb() ((void)0)

/* locks */
#define spin_lock	   numasim_lock_take
#define spin_trylock	   numasim_lock_try
#define spin_unlock	   numasim_lock_release
#define spin_is_locked	   numasim_lock_is_held
#define mutex_lock	   numasim_lock_take
#define mutex_trylock	   numasim_lock_try
#define mutex_unlock	   numasim_lock_release
#define mutex_is_locked	   numasim_lock_is_held
#define down_read	   numasim_rwsem_read
#define down_read_trylock  numasim_rwsem_try_read
#define up_read		   numasim_rwsem_release_read
#define down_write	   numasim_rwsem_write
#define down_write_trylock numasim_rwsem_try_write
#define up_write	   numasim_rwsem_release_write

/* where the code runs */
#define smp_processor_id  numasim_smp_processor_id
#define numa_node_id	  numasim_numa_node_id
#define local_irq_disable numasim_local_irq_disable
#define local_irq_enable  numasim_local_irq_enable

/* address spaces and entries */
#define find_vma		numasim_find_vma
#define change_prot_numa	numasim_change_prot_numa
#define mm_find_pmd		numasim_mm_find_pmd
#define pmd_lockptr		numasim_pmd_lockptr
#define pte_lockptr		numasim_pte_lockptr
#define pmdp_get		numasim_entry_read
#define ptep_get		numasim_entry_read
#define set_pmd_at		numasim_set_entry_at
#define set_pte_at		numasim_set_entry_at
#define pmdp_get_and_clear	numasim_entry_get_and_clear
#define ptep_get_and_clear	numasim_entry_get_and_clear
#define pmdp_clear_flush	numasim_pmdp_clear_flush
#define ptep_clear_flush	numasim_ptep_clear_flush
#define pmd_page		numasim_pmd_page
#define pte_page		numasim_pte_page
#define mk_pte			numasim_mk_pte
#define mk_huge_pmd		numasim_mk_huge_pmd

/* flushes */
#define flush_tlb_range		numasim_flush_tlb_range
#define flush_tlb_page		numasim_flush_tlb_page
#define mm_tlb_flush_pending	numasim_mm_tlb_flush_pending
#define set_tlb_flush_pending	numasim_set_tlb_flush_pending
#define clear_tlb_flush_pending numasim_clear_tlb_flush_pending

/* pages */
#define HPAGE_PMD_ORDER		NUMASIM_HPAGE_PMD_ORDER
#define GFP_KERNEL		NUMASIM_GFP_KERNEL
#define GFP_THISNODE		NUMASIM_GFP_THISNODE
#define alloc_pages_node	numasim_alloc_pages_node
#define get_page		numasim_get_page
#define get_page_unless_zero	numasim_get_page_unless_zero
#define put_page		numasim_put_page
#define page_count		numasim_page_count
#define page_mapcount		numasim_page_mapcount
#define lock_page		numasim_lock_page
#define trylock_page		numasim_trylock_page
#define unlock_page		numasim_unlock_page
#define PageLocked		numasim_page_locked
#define wait_on_page_locked	numasim_wait_on_page_locked
#define putback_lru_page	numasim_putback_lru_page
#define page_add_new_anon_rmap	numasim_page_add_new_anon_rmap
#define page_remove_rmap	numasim_page_remove_rmap
#define copy_highpage		numasim_copy_page
#define copy_huge_page		numasim_copy_page
#define page_to_nid		numasim_page_to_nid
#define page_to_pfn		numasim_page_to_pfn

/* predicates and changes of entries */
#define pte_none       numasim_pte_none
#define pte_present    numasim_pte_present
#define pte_numa       numasim_pte_numa
#define pte_write      numasim_pte_write
#define pte_dirty      numasim_pte_dirty
#define pte_young      numasim_pte_young
#define pte_special    numasim_pte_special
#define pte_mknuma     numasim_pte_mknuma
#define pte_mknonnuma  numasim_pte_mknonnuma
#define pte_mkdirty    numasim_pte_mkdirty
#define pte_mkclean    numasim_pte_mkclean
#define pte_mkwrite    numasim_pte_mkwrite
#define pte_wrprotect  numasim_pte_wrprotect
#define pte_mkyoung    numasim_pte_mkyoung
#define pte_mkold      numasim_pte_mkold
#define pmd_none       numasim_pmd_none
#define pmd_present    numasim_pmd_present
#define pmd_bad	       numasim_pmd_bad
#define pmd_trans_huge numasim_pmd_trans_huge
#define pmd_numa       numasim_pmd_numa
#define pmd_write      numasim_pmd_write
#define pmd_dirty      numasim_pmd_dirty
#define pmd_young      numasim_pmd_young
#define pmd_mknuma     numasim_pmd_mknuma
#define pmd_mknonnuma  numasim_pmd_mknonnuma
#define pmd_mkdirty    numasim_pmd_mkdirty
#define pmd_mkclean    numasim_pmd_mkclean
#define pmd_mkwrite    numasim_pmd_mkwrite
#define pmd_wrprotect  numasim_pmd_wrprotect
#define pmd_mkyoung    numasim_pmd_mkyoung
#define pmd_mkold      numasim_pmd_mkold

#endif
