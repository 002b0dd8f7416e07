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
	bool always;	/* each vector that it applies to must notice, else one of them */
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
	v->pkru ^= UINT32_C(1) << i;
	return true;
}

static bool other_pkrs(struct mmu_vector *v, struct mmu_answer *a, unsigned i)
{
	v->pkrs ^= UINT32_C(1) << i;
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

/* The vectors that the library answers as the processor did, with no deviation in sight. */
static int plain_part(struct mmu_batch *plain, const struct mmu_batch *batch)
{
	unsigned n = batch->header.answered, kept = 0;
	bool *is_plain = calloc(n + 1, sizeof(*is_plain));
	struct mmu_verdict verdict;

	*plain = (struct mmu_batch){ .header = batch->header };
	plain->vector = calloc(n + 1, sizeof(*plain->vector));
	plain->answer = calloc(n + 1, sizeof(*plain->answer));
	if (!is_plain || !plain->vector || !plain->answer ||
	    mmu_judge(&verdict, NULL, is_plain, batch, NULL)) {
		free(is_plain);
		mmu_batch_free(plain);
		return -ENOMEM;
	}
	for (unsigned i = 0; i < n; i++) {
		if (!is_plain[i])
			continue;
		plain->vector[kept] = batch->vector[i];
		plain->answer[kept++] = batch->answer[i];
	}
	plain->header.count = plain->header.answered = kept;
	free(is_plain);
	return 0;
}

/* The @i-th damage of its kind in all vectors that it applies to. Returns to how many. */
static unsigned damage_all(struct mmu_batch *to, const struct mmu_batch *from,
			   const struct damage *d, unsigned i)
{
	unsigned n = 0;

	for (unsigned k = 0; k < from->header.answered; k++) {
		to->vector[n] = from->vector[k];
		to->answer[n] = from->answer[k];
		n += d->apply(&to->vector[n], &to->answer[n], i);
	}
	to->header = from->header;
	to->header.count = to->header.answered = n;
	return n;
}

/* Returns 0 if all damages of the kind are noticed as they should, else 1, or -ENOMEM. */
static int try_kind(const struct damage *d, const struct mmu_batch *plain, struct mmu_batch *room,
		    FILE *to)
{
	unsigned applied = 0, noticed = 0, missed = 0;

	for (unsigned i = 0; i < d->times; i++) {
		unsigned n = damage_all(room, plain, d, i), differ;
		struct mmu_verdict verdict;

		if (!n)
			continue;
		if (mmu_judge(&verdict, NULL, NULL, room, NULL))
			return -ENOMEM;
		differ = verdict.tally[MMU_EXPLORER].differ;
		applied += n;
		noticed += differ;
		missed += d->always ? differ != n : !differ;
	}
	fprintf(to, "%s %s: %u of %u noticed\n", missed || !applied ? "NOT NOTICED" : "noticed",
		d->name, noticed, applied);
	return missed || !applied;
}

int mmu_selftest(const struct mmu_batch *batch, FILE *to)
{
	struct mmu_batch plain, room = { .header = batch->header };
	int bad = plain_part(&plain, batch);

	if (bad)
		return bad;
	room.vector = calloc(batch->header.answered + 1, sizeof(*room.vector));
	room.answer = calloc(batch->header.answered + 1, sizeof(*room.answer));
	if (!room.vector || !room.answer)
		bad = -ENOMEM;
	for (unsigned i = 0; bad >= 0 && i < sizeof(damages) / sizeof(damages[0]); i++) {
		int ret = try_kind(&damages[i], &plain, &room, to);

		bad = ret < 0 ? ret : bad + ret;
	}
	mmu_batch_free(&plain);
	mmu_batch_free(&room);
	return bad;
}
