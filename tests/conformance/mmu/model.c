/* SPDX-License-Identifier: BSD-2-Clause */
#include "model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "places.h"

int mmu_model_start(struct mmu_model *model, const struct mmu_machine *machine)
{
	*model = (struct mmu_model){ .machine = *machine, .mem.nr_gib = MMU_NR_GIB };
	model->mem.base = calloc(MMU_NR_GIB, sizeof(*model->mem.base));
	if (!model->mem.base)
		return -ENOMEM;
	if (numasim_tlb_create_preset(&model->tlb, "intel-golden-cove", NULL)) {
		mmu_model_end(model);
		return -ENOMEM;
	}
	numasim_tlb_set_memory(model->tlb, model->mem.base, model->mem.nr_gib);
	for (unsigned i = 0; i < MMU_GIBS; i++) {
		void *p = mmap(NULL, MMU_GIB, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

		if (p == MAP_FAILED) {
			mmu_model_end(model);
			return -ENOMEM;
		}
		model->mem.base[mmu_gibs[i]] = p;
	}
	return 0;
}

void mmu_model_end(struct mmu_model *model)
{
	for (unsigned i = 0; i < MMU_GIBS; i++)
		if (model->mem.base[mmu_gibs[i]])
			munmap(model->mem.base[mmu_gibs[i]], MMU_GIB);
	free(model->mem.base);
	numasim_tlb_destroy(model->tlb);
	*model = (struct mmu_model){ 0 };
}

struct x86_mode mmu_mode(const struct mmu_machine *machine, const struct mmu_vector *v)
{
	return (struct x86_mode){
		.la57 = machine->levels == 5,
		.gbpages = machine->gbpages,
		.maxphyaddr = machine->physical_bits,
		.fault_a = X86_FAULT_A_PUD,
		.wp = v->control & MMU_WP,
		.smep = v->control & MMU_SMEP,
		.smap = v->control & MMU_SMAP,
		.ac = v->control & MMU_AC,
		.pke = v->control & MMU_PKE,
		.pks = v->control & MMU_PKS,
		.nxe = v->control & MMU_NXE,
		.pge = v->control & MMU_PGE,
		.pkru = v->pkru,
		.pkrs = v->pkrs,
	};
}

struct x86_access mmu_access(const struct mmu_vector *v)
{
	return (struct x86_access){
		.va = v->va,
		.write = v->access == MMU_WRITE || v->access == MMU_RMW || v->access == MMU_PUSH,
		.exec = v->access == MMU_FETCH,
		.user = v->cpl == 3,
		.implicit = v->access == MMU_IMPLICIT,
		.stack = v->access == MMU_PUSH || v->access == MMU_POP,
	};
}

static uint64_t *entry_at(struct mmu_model *model, const struct mmu_vector *v, unsigned i)
{
	return v->slot[i] ? phys_to_host(&model->mem, v->slot[i]) : NULL;
}

void mmu_lay_tables(struct mmu_model *model, const struct mmu_vector *v)
{
	for (unsigned i = 0; i < MMU_LEVELS; i++) {
		uint64_t *entry = entry_at(model, v, i);

		if (entry)
			*entry = v->entry[i];
	}
}

void mmu_take_tables(struct mmu_model *model, const struct mmu_vector *v, struct mmu_answer *a)
{
	for (unsigned i = 0; i < MMU_LEVELS; i++) {
		uint64_t *entry = entry_at(model, v, i);

		a->entry[i] = entry ? *entry : 0;
	}
	for (unsigned i = 0; i < MMU_LEVELS; i++) {
		uint64_t *entry = entry_at(model, v, i);

		if (entry)
			*entry = 0;
	}
}

/* @bytes of what lies at @pa, as a number. No access crosses a multiple of 8. */
static uint64_t load(uint64_t pa, unsigned bytes)
{
	uint64_t word = mmu_content(MMU_PAGE_DATA, pa & ~UINT64_C(7));

	return word >> 8 * (pa & 7) & ~UINT64_C(0) >> (64 - 8 * bytes);
}

/* The word at @word after a store of @bytes at @pa; elsewhere it would not be seen. */
static uint64_t stored(uint64_t word, uint64_t pa, unsigned bytes)
{
	uint64_t mask = (~UINT64_C(0) >> (64 - 8 * bytes)) << 8 * (pa & 7);
	uint64_t before = mmu_content(MMU_PAGE_DATA, word);

	if ((pa & ~UINT64_C(7)) != word)
		return before;
	return (before & ~mask) | (MMU_WRITTEN << 8 * (pa & 7) & mask);
}

/* The access took place at @pa. */
void mmu_answer_pass(const struct mmu_vector *v, struct mmu_answer *a, uint64_t pa)
{
	unsigned bytes = 1 << v->size;

	a->vector = MMU_DONE;
	switch (v->access) {
	case MMU_READ:
	case MMU_POP:
		a->value = load(pa, bytes);
		break;
	case MMU_RMW:
		a->value = load(pa, bytes);
		a->word = stored(v->target & ~UINT64_C(7), pa, bytes);
		break;
	case MMU_WRITE:
	case MMU_PUSH:
		a->word = stored(v->target & ~UINT64_C(7), pa, bytes);
		break;
	case MMU_FETCH:
		a->value = v->va;
		break;
	case MMU_IMPLICIT:
		a->value = mmu_descriptor_base(pa & ~UINT64_C(7));
		break;
	}
}

/* RAX holds what a write would have stored, FS its base of 0; a fetch has run nowhere. */
void mmu_answer_nothing_done(const struct mmu_vector *v, struct mmu_answer *a)
{
	memset(a, 0, sizeof(*a));
	a->cpl = v->cpl;
	a->cr2 = MMU_CR2_BEFORE;
	a->value = v->access == MMU_FETCH || v->access == MMU_IMPLICIT ? 0 : MMU_WRITTEN;
	a->word = mmu_content(mmu_page_of(v->access), v->target & ~UINT64_C(7));
}

void mmu_model_answer(struct mmu_model *model, const struct mmu_vector *v, struct mmu_answer *a,
		      struct x86_walk *w)
{
	struct x86_mode mode = mmu_mode(&model->machine, v);
	struct x86_access access = mmu_access(v);

	mmu_answer_nothing_done(v, a);
	mmu_lay_tables(model, v);
	x86_walk(w, &mode, &model->mem, v->cr3, &access);
	x86_walk_commit(w);
	mmu_take_tables(model, v, a);
	a->vector = x86_walk_exception(w, &access);
	if (w->outcome == X86_OK) {
		mmu_answer_pass(v, a, w->pa);
	} else if (w->outcome == X86_FAULT) {
		a->error = w->error_code;
		a->cr2 = v->va;
	}
}

static bool same_steps(const struct x86_step *a, const struct x86_step *b, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++)
		if (a[i].pa != b[i].pa || a[i].level != b[i].level || a[i].seen != b[i].seen ||
		    a[i].after != b[i].after)
			return false;
	return true;
}

/* The walk from the table of @w's step @i on. */
static bool same_from(struct mmu_model *model, const struct x86_mode *mode,
		      const struct x86_access *access, const struct x86_walk *w, unsigned i)
{
	struct x86_walk_start start = x86_walk_top(mode, 0);
	struct x86_walk part;

	for (unsigned above = 0; above < i; above++)
		x86_rights_narrow(&start.rights, w->step[above].seen);
	start.table = w->step[i].pa & X86_PFN_MASK;
	start.level = w->step[i].level;
	x86_walk_from(&part, mode, &model->mem, &start, access);
	return part.outcome == w->outcome && part.cause == w->cause &&
	       part.error_code == w->error_code && part.nr == w->nr - i &&
	       part.level == w->level && (!w->level || part.pa == w->pa) &&
	       same_steps(part.step, &w->step[i], part.nr);
}

const char *mmu_model_check(struct mmu_model *model, const struct mmu_vector *v,
			    const struct x86_walk *w)
{
	struct x86_mode mode = mmu_mode(&model->machine, v);
	struct x86_access access = mmu_access(v);
	struct mmu_answer unused;
	uint32_t code = 0;
	bool same = true;

	mmu_lay_tables(model, v);
	for (unsigned i = 0; same && i < w->nr; i++)
		same = same_from(model, &mode, &access, w, i);
	mmu_take_tables(model, v, &unused);
	if (!same)
		return "x86_walk_from";
	if (!w->level)
		return NULL;
	same = x86_check_cached(&w->rights, &mode, &access, &code) == (w->outcome == X86_OK);
	return same && code == w->error_code ? NULL : "x86_check_cached";
}
