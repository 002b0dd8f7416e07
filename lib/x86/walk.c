/* SPDX-License-Identifier: BSD-2-Clause */
#include "x86/walk.h"

#include <errno.h>

bool x86_canonical(const struct x86_mode *mode, uint64_t va)
{
	unsigned unused = mode->la57 ? 64 - 57 : 64 - 48;

	return (uint64_t)((int64_t)(va << unused) >> unused) == va;
}

/*
 * SDM 4.5, the formats of present entries:
 *   bits 51:MAXPHYADDR  reserved at every level
 *   bit 7 (PS)          reserved in PML5 and PML4 entries; in a PUD where 1 GiB pages do not exist
 *   bits 20:13, 29:13   reserved in entries that map 2 MiB, 1 GiB (bit 12 is PAT)
 *   bit 63              reserved if EFER.NXE is 0
 *   bit 8 of a table    reserved at the levels of table_g_reserved (APM 5.3.3: MBZ in PML4E, PML5E)
 */
uint64_t x86_reserved(const struct x86_mode *mode, uint64_t entry, unsigned level)
{
	uint64_t bits = 0;

	if (mode->maxphyaddr < 52)
		bits |= X86_PFN_MASK >> mode->maxphyaddr << mode->maxphyaddr;
	if (!mode->nxe)
		bits |= X86_NX;
	if (level >= X86_P4D || (level == X86_PUD && !mode->gbpages))
		bits |= X86_PSE;
	if (!x86_is_leaf(entry, level)) {
		if (mode->table_g_reserved >> level & 1)
			bits |= X86_G;
	} else if (level == X86_PMD) {
		bits |= X86_LOW_2M;
	} else if (level == X86_PUD) {
		bits |= X86_LOW_1G;
	}
	return entry & bits;
}

/* Read the entry that translates @va; NULL where there is no memory. */
static struct x86_step *read_entry(struct x86_walk *w, const struct phys_map *mem, uint64_t table,
				   uint64_t va, unsigned level)
{
	struct x86_step *s = &w->step[w->nr];

	s->pa = table + x86_slot(va, level) * sizeof(uint64_t);
	s->host = phys_to_host(mem, s->pa);
	if (!s->host) {
		w->missing = s->pa;
		return NULL;
	}
	s->seen = __atomic_load_n(s->host, __ATOMIC_RELAXED);
	s->after = s->seen;
	s->level = level;
	w->nr++;
	return s;
}

/* How many entries of a walk that faults get their A. @entered: only a right is missing. */
static unsigned accessed_on_fault(const struct x86_walk *w, enum x86_fault_a fault_a, bool entered)
{
	unsigned tables = w->nr - 1;

	switch (fault_a) {
	case X86_FAULT_A_NONE:
		return 0;
	case X86_FAULT_A_TABLES:
		return tables;
	case X86_FAULT_A_PUD:
		return tables + (entered && w->step[tables].level == X86_PUD);
	case X86_FAULT_A_ALL:
		return tables + entered;
	}
	return 0;
}

/* End in a page fault. @entered: the last entry was passed too, only a right is missing. */
static void fault(struct x86_walk *w, const struct x86_mode *mode, const struct x86_access *a,
		  enum x86_cause cause, bool entered)
{
	unsigned accessed = accessed_on_fault(w, mode->fault_a, entered);

	w->outcome = X86_FAULT;
	w->cause = cause;
	w->error_code = x86_error_code(cause, &w->rights, mode, a);
	for (unsigned i = 0; i < accessed; i++)
		w->step[i].after |= X86_A;
}

/* The last entry maps a page: where the access goes, and whether it may. */
static void arrive(struct x86_walk *w, const struct x86_mode *mode, const struct x86_access *a)
{
	struct x86_step *leaf = &w->step[w->nr - 1];
	uint64_t pat = leaf->level == X86_PTE ? leaf->seen & X86_PAT : leaf->seen & X86_PAT_LARGE;
	enum x86_cause cause = x86_rights_judge(&w->rights, mode, a);

	w->level = leaf->level;
	w->size = x86_level_size(leaf->level);
	w->pa = (leaf->seen & x86_leaf_frame_mask(leaf->level)) | (a->va & (w->size - 1));
	w->global = mode->pge && (leaf->seen & X86_G);
	w->memtype = (pat ? 4 : 0) | (leaf->seen & X86_PCD ? 2 : 0);
	w->memtype |= leaf->seen & X86_PWT ? 1 : 0;
	w->dirty = leaf->seen & X86_D;
	if (cause != X86_CAUSE_NONE) {
		fault(w, mode, a, cause, true);
		return;
	}
	for (unsigned i = 0; i < w->nr; i++)
		w->step[i].after |= X86_A;
	if (a->write && !a->exec && !a->probe) {
		leaf->after |= X86_D;
		w->dirty = true;
	}
}

void x86_walk_from(struct x86_walk *w, const struct x86_mode *mode, const struct phys_map *mem,
		   const struct x86_walk_start *start, const struct x86_access *a)
{
	uint64_t table = start->table;
	unsigned level = start->level;

	w->outcome = X86_OK;
	w->cause = X86_CAUSE_NONE;
	w->error_code = 0;
	w->nr = 0;
	w->reserved = 0;
	w->missing = 0;
	w->level = 0;
	w->rights = start->rights;
	if (!x86_canonical(mode, a->va)) {
		w->outcome = X86_NONCANONICAL;
		return;
	}
	for (;; level--) {
		struct x86_step *s = read_entry(w, mem, table, a->va, level);

		if (!s) {
			w->outcome = X86_BUS;
			return;
		}
		if (!(s->seen & X86_P)) {
			fault(w, mode, a, X86_CAUSE_ABSENT, false);
			return;
		}
		w->reserved = x86_reserved(mode, s->seen, level);
		if (w->reserved) {
			fault(w, mode, a, X86_CAUSE_RESERVED, false);
			return;
		}
		x86_rights_narrow(&w->rights, s->seen);
		if (x86_is_leaf(s->seen, level))
			break;
		table = s->seen & X86_PFN_MASK;
	}
	arrive(w, mode, a);
}

struct x86_walk_start x86_walk_top(const struct x86_mode *mode, uint64_t cr3)
{
	return (struct x86_walk_start){
		.table = cr3 & X86_PFN_MASK,
		.level = mode->la57 ? X86_PGD : X86_P4D,
		.rights = { .rw = true, .us = true },
	};
}

void x86_walk(struct x86_walk *w, const struct x86_mode *mode, const struct phys_map *mem,
	      uint64_t cr3, const struct x86_access *a)
{
	struct x86_walk_start top = x86_walk_top(mode, cr3);

	x86_walk_from(w, mode, mem, &top, a);
}

enum x86_exception x86_walk_exception(const struct x86_walk *w, const struct x86_access *a)
{
	switch (w->outcome) {
	case X86_FAULT:
		return X86_PF;
	case X86_NONCANONICAL:
		return a->stack ? X86_SS : X86_GP;
	default:
		return X86_NO_EXCEPTION;
	}
}

int x86_walk_commit(const struct x86_walk *w)
{
	for (unsigned i = 0; i < w->nr; i++)
		if (w->step[i].after != w->step[i].seen && *w->step[i].host != w->step[i].seen)
			return -EAGAIN;
	for (unsigned i = 0; i < w->nr; i++)
		if (w->step[i].after != w->step[i].seen)
			*w->step[i].host = w->step[i].after;
	return 0;
}

int x86_walk_mark(const struct x86_walk *w)
{
	int ret = 0;

	for (unsigned i = 0; i < w->nr; i++) {
		const struct x86_step *s = &w->step[i];

		if (s->after == s->seen)
			continue;
		if (*s->host != s->seen)
			ret = -EAGAIN;
		*s->host |= s->after & ~s->seen;
	}
	return ret;
}
