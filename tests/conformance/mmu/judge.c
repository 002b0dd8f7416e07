/* SPDX-License-Identifier: BSD-2-Clause */
#include "judge.h"

#include <string.h>

#include "describe.h"

#define MAX_DESCRIBED 10

struct mmu_machine mmu_machine_of(const struct mmu_header *header)
{
	return (struct mmu_machine){
		.levels = header->levels,
		.physical_bits = header->physical_bits,
		.gbpages = header->has_gbpages,
	};
}

static bool same(const struct mmu_answer *a, const struct mmu_answer *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* Which deviations apply to a vector, as a mask. */
static unsigned applicable(const struct mmu_vector *v, const struct x86_walk *w)
{
	unsigned mask = 0;

	for (unsigned i = 0; i < MMU_DEVIATIONS; i++)
		mask |= (unsigned)mmu_deviations[i].applies(v, w) << i;
	return mask;
}

/* The library's answer as a processor with the deviations of @mask would give it. */
static struct mmu_answer deviated(struct mmu_answer a, unsigned mask, const struct mmu_vector *v,
				  const struct x86_walk *w)
{
	for (unsigned i = 0; i < MMU_DEVIATIONS; i++)
		if (mask >> i & 1)
			mmu_deviations[i].change(&a, v, w);
	return a;
}

/* The fewest deviations, out of @mask, that explain @answer; 0 if none do. */
static unsigned explain(const struct mmu_answer *answer, const struct mmu_answer *expected,
			unsigned mask, const struct mmu_vector *v, const struct x86_walk *w)
{
	unsigned best = 0;

	for (unsigned some = mask; some; some = (some - 1) & mask) {
		struct mmu_answer a = deviated(*expected, some, v, w);

		if (!same(&a, answer))
			continue;
		if (!best || __builtin_popcount(some) < __builtin_popcount(best))
			best = some;
	}
	return best;
}

static void judge_one(struct mmu_verdict *verdict, struct mmu_model *model,
		      struct mmu_coverage *coverage, const struct mmu_batch *batch, unsigned i,
		      FILE *to)
{
	const struct mmu_vector *v = &batch->vector[i];
	const struct mmu_answer *answer = &batch->answer[i];
	struct mmu_answer expected;
	unsigned mask, needed;
	struct x86_walk w;

	mmu_model_answer(model, v, &expected, &w);
	if (coverage)
		mmu_coverage_add(coverage, v, &w);
	mask = applicable(v, &w);
	needed = same(answer, &expected) ? 0 : explain(answer, &expected, mask, v, &w);
	verdict->vectors++;
	if (answer->vector <= MMU_DONE)
		verdict->by_vector[answer->vector]++;
	for (unsigned d = 0; d < MMU_DEVIATIONS; d++) {
		verdict->could[d] += mask >> d & 1;
		verdict->deviation[d] += needed >> d & 1;
	}
	if (same(answer, &expected))
		verdict->agree++;
	else if (needed)
		verdict->deviate++;
	else if (verdict->differ++ < MAX_DESCRIBED && to)
		mmu_describe(to, i, &model->machine, v, &w, &expected, answer);
}

int mmu_judge(struct mmu_verdict *verdict, struct mmu_coverage *coverage,
	      const struct mmu_batch *batch, FILE *to)
{
	struct mmu_machine machine = mmu_machine_of(&batch->header);
	struct mmu_model model;
	int ret = mmu_model_start(&model, &machine);

	memset(verdict, 0, sizeof(*verdict));
	if (ret)
		return ret;
	for (unsigned i = 0; i < batch->header.answered; i++)
		judge_one(verdict, &model, coverage, batch, i, to);
	mmu_model_end(&model);
	return 0;
}

void mmu_verdict_print(const struct mmu_verdict *v, FILE *to)
{
	fprintf(to, "%u vectors: %u agree, %u deviate as listed, %u differ\n", v->vectors, v->agree,
		v->deviate, v->differ);
	fprintf(to, "answers: %u passed", v->by_vector[MMU_DONE]);
	for (unsigned i = 0; i < MMU_DONE; i++)
		if (v->by_vector[i])
			fprintf(to, ", %u %s", v->by_vector[i], mmu_exception_name(i));
	fputc('\n', to);
	for (unsigned i = 0; i < MMU_DEVIATIONS; i++)
		fprintf(to, "deviation %s: %u of %u vectors (%s: %s)\n", mmu_deviations[i].name,
			v->deviation[i], v->could[i], mmu_deviations[i].section,
			mmu_deviations[i].text);
}
