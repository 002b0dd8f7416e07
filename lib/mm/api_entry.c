/* SPDX-License-Identifier: BSD-2-Clause */
/* Address spaces, entries and flushes under their exported names. */
#include "mm/api.h"
#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/mprotect.h"
#include "mm/tlb.h"

#define TOP_LEVEL 4

/* ---- address spaces ---- */

struct vm_area_struct *numasim_find_vma(struct mm_struct *mm, uint64_t address)
{
	struct vm_area_struct *vma;

	if (!api_mm_running("find_vma"))
		return NULL;
	vma = find_vma(mm, address);
	observe(vma ? vma->vm_start : 0);
	return vma;
}

struct mm_struct *numasim_vma_mm(const struct vm_area_struct *vma)
{
	return vma->vm_mm;
}

uint64_t numasim_vma_start(const struct vm_area_struct *vma)
{
	return vma->vm_start;
}

uint64_t numasim_vma_end(const struct vm_area_struct *vma)
{
	return vma->vm_end;
}

uint64_t numasim_vma_page_prot(const struct vm_area_struct *vma)
{
	return vm_page_prot(vma);
}

struct numasim_rwsem *numasim_mmap_sem(struct mm_struct *mm)
{
	return (struct numasim_rwsem *)&mm->mmap_sem;
}

struct numasim_lock *numasim_page_table_lock(struct mm_struct *mm)
{
	return (struct numasim_lock *)&mm->page_table_lock;
}

unsigned long numasim_change_prot_numa(struct vm_area_struct *vma, uint64_t start, uint64_t end)
{
	return api_mm_running("change_prot_numa") ? change_prot_numa(vma, start, end) : 0;
}

/* ---- entries ---- */

static uint64_t *find_entry(struct mm_struct *mm, uint64_t address, unsigned level, const char *who)
{
	uint64_t *entry;

	if (!api_mm_running(who))
		return NULL;
	for (unsigned at = TOP_LEVEL; at > level; at--) { /* the way there belongs to this step */
		entry = entry_find(current_machine(), mm, address, at);
		if (entry)
			touch(entry_object(current_machine(), entry), ACCESS_READ);
	}
	entry = entry_find(current_machine(), mm, address, level);
	observe(entry ? entry_object(current_machine(), entry) : 0);
	return entry;
}

uint64_t *numasim_mm_find_pmd(struct mm_struct *mm, uint64_t address)
{
	return find_entry(mm, address, 2, "mm_find_pmd");
}

uint64_t *numasim_mm_find_pte(struct mm_struct *mm, uint64_t address)
{
	return find_entry(mm, address, 1, "mm_find_pte");
}

/* Is @entry one of a page table of this machine? Anything else is a wild pointer. */
static bool is_entry(const uint64_t *entry, const char *who)
{
	if (!api_mm_running(who))
		return false;
	if (!entry || !entry_table(current_machine(), entry))
		kernel_oops("%s() of something that is no entry of a page table", who);
	return true;
}

struct numasim_lock *numasim_pmd_lockptr(struct mm_struct *mm, uint64_t *pmd)
{
	return is_entry(pmd, "pmd_lockptr") ? (struct numasim_lock *)pmd_lockptr(mm, pmd) : NULL;
}

struct numasim_lock *numasim_pte_lockptr(struct mm_struct *mm, uint64_t *pte)
{
	return is_entry(pte, "pte_lockptr") ? (struct numasim_lock *)pte_lockptr(mm, pte) : NULL;
}

uint64_t numasim_entry_read(const uint64_t *entry)
{
	return is_entry(entry, "pmdp_get") ? entry_read(entry) : 0;
}

void numasim_set_entry_at(struct mm_struct *mm, uint64_t address, uint64_t *entry, uint64_t value)
{
	if (is_entry(entry, "set_pmd_at"))
		set_entry_at(mm, address, entry, value);
}

uint64_t numasim_entry_get_and_clear(struct mm_struct *mm, uint64_t address, uint64_t *entry)
{
	return is_entry(entry, "pmdp_get_and_clear") ? entry_get_and_clear(mm, address, entry) : 0;
}

uint64_t numasim_pmdp_clear_flush(struct vm_area_struct *vma, uint64_t address, uint64_t *pmd)
{
	return is_entry(pmd, "pmdp_clear_flush") ? pmdp_clear_flush(vma, address, pmd) : 0;
}

uint64_t numasim_ptep_clear_flush(struct vm_area_struct *vma, uint64_t address, uint64_t *pte)
{
	return is_entry(pte, "ptep_clear_flush") ? ptep_clear_flush(vma, address, pte) : 0;
}

/* ---- what values mean: the kernel of the machine that runs here, or whose check runs ---- */

static const struct kernel *kernel(void)
{
	return exec_current ? current_machine()->kernel : NULL;
}

#define DEFINE(type, name, kernel_name, otherwise)                                                 \
	type numasim_##name(uint64_t entry)                                                        \
	{                                                                                          \
		const struct kernel *k = kernel();                                                 \
		return k ? kernel_name(k, entry) : (otherwise);                                    \
	}
#define PREDICATE(name) DEFINE(bool, name, kernel_##name, false)
#define CHANGE(name)	DEFINE(uint64_t, name, kernel_##name, entry)

PREDICATE(pte_none)
PREDICATE(pte_present)
DEFINE(bool, pte_numa, kernel_pte_hint, false)
PREDICATE(pte_write)
PREDICATE(pte_dirty)
PREDICATE(pte_young)
PREDICATE(pte_special)
PREDICATE(pmd_none)
PREDICATE(pmd_present)
PREDICATE(pmd_bad)
PREDICATE(pmd_trans_huge)
DEFINE(bool, pmd_numa, kernel_pmd_hint, false)
PREDICATE(pmd_write)
PREDICATE(pmd_dirty)
PREDICATE(pmd_young)
DEFINE(uint64_t, pte_mknuma, kernel_pte_arm, entry)
DEFINE(uint64_t, pte_mknonnuma, kernel_entry_mknonnuma, entry)
CHANGE(pte_mkdirty)
CHANGE(pte_mkclean)
CHANGE(pte_mkwrite)
CHANGE(pte_wrprotect)
CHANGE(pte_mkyoung)
CHANGE(pte_mkold)
DEFINE(uint64_t, pmd_mknuma, kernel_pmd_arm, entry)
DEFINE(uint64_t, pmd_mknonnuma, kernel_entry_mknonnuma, entry)
CHANGE(pmd_mkdirty)
CHANGE(pmd_mkclean)
CHANGE(pmd_mkwrite)
CHANGE(pmd_wrprotect)
CHANGE(pmd_mkyoung)
CHANGE(pmd_mkold)

/* ---- flushes ---- */

void numasim_flush_tlb_range(struct vm_area_struct *vma, uint64_t start, uint64_t end)
{
	if (api_mm_running("flush_tlb_range"))
		flush_tlb_range(vma, start, end);
}

void numasim_flush_tlb_page(struct vm_area_struct *vma, uint64_t address)
{
	if (api_mm_running("flush_tlb_page"))
		flush_tlb_page(vma, address);
}

bool numasim_mm_tlb_flush_pending(struct mm_struct *mm)
{
	return api_mm_running("mm_tlb_flush_pending") && mm_tlb_flush_pending(mm);
}

void numasim_set_tlb_flush_pending(struct mm_struct *mm)
{
	if (api_mm_running("set_tlb_flush_pending"))
		set_tlb_flush_pending(mm);
}

void numasim_clear_tlb_flush_pending(struct mm_struct *mm)
{
	if (api_mm_running("clear_tlb_flush_pending"))
		clear_tlb_flush_pending(mm);
}
