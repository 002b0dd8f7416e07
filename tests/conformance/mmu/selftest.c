/* SPDX-License-Identifier: BSD-2-Clause */
#include "selftest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"

/* A kind of damage to one vector and its answer; false if it does not apply to them. */
struct damage {
	const char *name;
	bool (*apply)(struct mmu_vector *v, struct mmu_answer *a, unsigned i);
	unsigned times; /* kinds that @i makes of it */
	bool always;	/* every vector that it applies to must notice, else at least one */
};

static bool other_exception(struct mmu_vector *v, struct mmu_answer *a, unsigned i)
{
	static const uint32_t other[] = { MMU_DONE, X86_PF, X86_GP, 6 };

	if (a->vector == other[i])
		return false;
	a->vector = other[i];
	return true;
}

static bool other_error(struct mmu_vector *v, struct mmu_answer *a, unsigned i)
{
	a->error ^= 1 << i;
	return true;
}

static bool other_cr2(struct mmu_vector *v, struct mmu_answer *a, unsigned i)
{
	a->cr2 ^= UINT64_C(1) << i;
	return true;
}

static bool other_value(struct mmu_vector *v, struct mmu_answer *a, unsigned i)
{
	a->value ^= UINT64_C(1) << i;
	return true;
}

static bool other_word(struct mmu_vector *v, struct mmu_answer *a, unsigned i)
{
	a->word ^= UINT64_C(1) << i;
	return true;
}

static bool other_cpl(struct mmu_vector *v, struct mmu_answer *a, unsigned i)
{
	a->cpl ^= 3;
	return true;
}

static bool other_accessed(struct mmu_vector *v, struct mmu_answer *a, unsigned i)
{
	a->entry[i] ^= X86_A;
	return v->slot[i];
}

static bool other_dirty(struct mmu_vector *v, struct mmu_answer *a, unsigned i)
{
	a->entry[i] ^= X86_D;
	return v->slot[i];
}

static bool other_control(struct mmu_vector *v, struct mmu_answer *a, unsigned i)
{
	v->control ^= 1 << i;
	return i != 7; /* no walk depends on PGE */
}

static bool other_pkru(struct mmu_vector *v, struct mmu_answer *a, unsigned i)
{
	v->pkru ^= 1 << i;
	return true;
}

static bool other_pkrs(struct mmu_vector *v, struct mmu_answer *a, unsigned i)
{
	v->pkrs ^= 1 << i;
	return true;
}

static bool other_cpl_asked(struct mmu_vector *v, struct mmu_answer *a, unsigned i)
{
	v->cpl ^= 3;
	a->cpl ^= 3;
	return true;
}

static const struct damage damages[] = {
	{ "exception", other_exception, 4, true },
	{ "error code", other_error, 6, true },
	{ "CR2", other_cr2, 64, true },
	{ "value", other_value, 64, true },
	{ "word", other_word, 64, true },
	{ "CPL answered", other_cpl, 1, true },
	{ "A of a level", other_accessed, MMU_LEVELS, true },
	{ "D of a level", other_dirty, MMU_LEVELS, true },
	{ "control bit", other_control, MMU_CONTROLS, false },
	{ "PKRU bit", other_pkru, 32, false },
	{ "PKRS bit", other_pkrs, 32, false },
	{ "CPL asked for", other_cpl_asked, 1, false },
};

/* The vectors that the library answers as the processor did, without any deviation. */
static int clean_part(struct mmu_batch *clean, const struct mmu_batch *batch)
{
	unsigned n = batch->header.answered;

	*clean = (struct mmu_batch){ .header = batch->header };
	clean->vector = calloc(n + 1, sizeof(*clean->vector));
	clean->answer = calloc(n + 1, sizeof(*clean->answer));
	if (!clean->vector || !clean->answer) {
		mmu_batch_free(clean);
		return -ENOMEM;
	}
	clean->header.count = 0;
	for (unsigned i = 0; i < n; i++) {
		struct mmu_batch one = { batch->header, &batch->vector[i], &batch->answer[i] };
		struct mmu_verdict verdict;

		one.header.answered = 1;
		if (mmu_judge(&verdict, NULL, &one, NULL)) {
			mmu_batch_free(clean);
			return -ENOMEM;
		}
		if (!verdict.tally[MMU_EXPLORER].agree || named(&verdict))
			continue;
		clean->vector[clean->header.count] = batch->vector[i];
		clean->answer[clean->header.count++] = batch->answer[i];
	}
	clean->header.answered = clean->header.count;
	return 0;
}
