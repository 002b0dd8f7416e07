/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making entries and changing them: pure functions from value to value, with the kernel's names
 * after "kernel_". They never touch a table; how a value gets into one (a plain store, an
 * exchange, emptied first or not) is the business of the mm's code.
 */
#ifndef KERNEL_MODIFY_H
#define KERNEL_MODIFY_H

#include "kernel/entry.h"

/* What a VMA allows, for kernel_page_prot(). */
enum page_rights {
	RIGHT_READ = 1,
	RIGHT_WRITE = 2,
	RIGHT_EXEC = 4,
	RIGHT_SHARED = 8,
};

/* What an entry without any right has: bits 8 and A. */
#define PAGE_NONE_PROT ((uint64_t)(X86_G | X86_A))

/*
 * The protection bits (vm_page_prot) of a VMA with @rights, enum page_rights. Only shared writable
 * ones have RW: a private page gets it when it is written.
 */
static inline uint64_t kernel_page_prot(unsigned rights)
{
	uint64_t prot = X86_P | X86_US | X86_A;

	if (!(rights & (RIGHT_READ | RIGHT_WRITE | RIGHT_EXEC)))
		return PAGE_NONE_PROT;
	if ((rights & RIGHT_WRITE) && (rights & RIGHT_SHARED))
		prot |= X86_RW;
	if (!(rights & RIGHT_EXEC))
		prot |= X86_NX;
	return prot;
}

/* With saved dirty (v6.6): D of an entry without RW moves to bit 58 … */
static inline uint64_t kernel_save_dirty(const struct kernel *k, uint64_t entry)
{
	if (k->format.saved_dirty && !(entry & X86_RW) && (entry & X86_D))
		entry = (entry & ~(uint64_t)X86_D) | k->format.saved_dirty;
	return entry;
}

/* … and back from there in an entry with RW. */
static inline uint64_t kernel_restore_dirty(const struct kernel *k, uint64_t entry)
{
	if ((entry & X86_RW) && (entry & k->format.saved_dirty))
		entry = (entry & ~k->format.saved_dirty) | X86_D;
	return entry;
}

static inline uint64_t kernel_entry_mkyoung(const struct kernel *k, uint64_t entry)
{
	return entry | X86_A;
}

static inline uint64_t kernel_entry_mkold(const struct kernel *k, uint64_t entry)
{
	return entry & ~(uint64_t)X86_A;
}

/* Dirty also means soft-dirty, from v3.11 on. */
static inline uint64_t kernel_entry_mkdirty(const struct kernel *k, uint64_t entry)
{
	return kernel_save_dirty(k, entry | X86_D | k->format.soft_dirty);
}

static inline uint64_t kernel_entry_mkclean(const struct kernel *k, uint64_t entry)
{
	return entry & ~(X86_D | k->format.saved_dirty);
}

static inline uint64_t kernel_entry_mkwrite(const struct kernel *k, uint64_t entry)
{
	return kernel_restore_dirty(k, entry | X86_RW);
}

static inline uint64_t kernel_entry_wrprotect(const struct kernel *k, uint64_t entry)
{
	return kernel_save_dirty(k, entry & ~(uint64_t)X86_RW);
}

static inline uint64_t kernel_entry_mksoft_dirty(const struct kernel *k, uint64_t entry)
{
	return entry | k->format.soft_dirty;
}

static inline uint64_t kernel_entry_clear_soft_dirty(const struct kernel *k, uint64_t entry)
{
	return entry & ~k->format.soft_dirty;
}

/* The same on both levels: kernel_pte_mkdirty() and kernel_pmd_mkdirty(), and so on. */
#define KERNEL_BOTH_LEVELS(op)                                                                     \
	static inline uint64_t kernel_pte_##op(const struct kernel *k, uint64_t pte)               \
	{                                                                                          \
		return kernel_entry_##op(k, pte);                                                  \
	}                                                                                          \
	static inline uint64_t kernel_pmd_##op(const struct kernel *k, uint64_t pmd)               \
	{                                                                                          \
		return kernel_entry_##op(k, pmd);                                                  \
	}
KERNEL_BOTH_LEVELS(mkyoung)
KERNEL_BOTH_LEVELS(mkold)
KERNEL_BOTH_LEVELS(mkdirty)
KERNEL_BOTH_LEVELS(mkclean)
KERNEL_BOTH_LEVELS(mkwrite)
KERNEL_BOTH_LEVELS(wrprotect)
KERNEL_BOTH_LEVELS(mksoft_dirty)
KERNEL_BOTH_LEVELS(clear_soft_dirty)
#undef KERNEL_BOTH_LEVELS

static inline uint64_t kernel_pte_mkspecial(const struct kernel *k, uint64_t pte)
{
	return pte | k->format.special;
}

static inline uint64_t kernel_pmd_mkhuge(const struct kernel *k, uint64_t pmd)
{
	return pmd | X86_PSE;
}

/* The entry for page number @pfn (of 4 KiB) with protection bits @prot. */
uint64_t kernel_mk_pte(const struct kernel *k, uint64_t pfn, uint64_t prot);

/* The huge entry for the 2 MiB page that starts at page number @pfn. */
uint64_t kernel_mk_huge_pmd(const struct kernel *k, uint64_t pfn, uint64_t prot);

/* The entry that points to the table of user space in page number @pfn. */
uint64_t kernel_mk_table(const struct kernel *k, uint64_t pfn);

/* Change the protection to @prot and keep the rest: pte_modify, pmd_modify (huge entries). */
uint64_t kernel_pte_modify(const struct kernel *k, uint64_t pte, uint64_t prot);
uint64_t kernel_pmd_modify(const struct kernel *k, uint64_t pmd, uint64_t prot);

/*
 * Make a present entry a hint: pte_mknuma to v3.19; from v4.0 on pte_modify to PROT_NONE, which
 * keeps RW if the release preserves it (v4.0-rc6 to v6.1).
 */
uint64_t kernel_pte_arm(const struct kernel *k, uint64_t pte);
uint64_t kernel_pmd_arm(const struct kernel *k, uint64_t pmd);

/*
 * Make a hint accessible again: pte_mknonnuma to v3.19 (@prot is not looked at); from v4.0 on
 * pte_modify to the VMA's @prot, young, and writable if RW was preserved. From v6.2 on, and in
 * v4.0-rc1 to -rc5, the caller decides about RW and adds kernel_pte_mkwrite().
 */
uint64_t kernel_pte_disarm(const struct kernel *k, uint64_t pte, uint64_t prot);
uint64_t kernel_pmd_disarm(const struct kernel *k, uint64_t pmd, uint64_t prot);

/*
 * What a mprotect() without anything to do with hints makes of one before it modifies it: the
 * entry without the hint (to v3.19 with 1667918b6483, which the caller asks for).
 */
uint64_t kernel_entry_mknonnuma(const struct kernel *k, uint64_t entry);

/* The value that invalidating a huge entry leaves: P clear, PSE set. */
uint64_t kernel_pmd_invalidated(const struct kernel *k, uint64_t pmd);

#endif
