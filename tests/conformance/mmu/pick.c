/* SPDX-License-Identifier: BSD-2-Clause */
#include "pick.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"

/* Cells of the groups that a sample can complete, and that were tried at least once. */
static unsigned tried(const struct mmu_coverage *c)
{
	unsigned n = 0;

	for (unsigned i = 0; i < mmu_nr_groups; i++)
		for (unsigned cell = 0; mmu_groups[i].sample && cell < mmu_groups[i].cells; cell++)
			n += c->count[i][cell] != 0;
	return n;
}

static unsigned pick_new(bool *chosen, struct mmu_coverage *coverage, struct mmu_model *model,
			 const struct mmu_batch *batch, unsigned wanted)
{
	unsigned before = 0, n = 0;

	for (unsigned i = 0; i < batch->header.answered && n < wanted; i++) {
		struct mmu_answer unused;
		struct x86_walk w;
		unsigned after;

		mmu_model_answer(model, &batch->vector[i], &unused, &w);
		mmu_coverage_add(coverage, &batch->vector[i], &w);
		after = tried(coverage);
		chosen[i] = after > before;
		n += chosen[i];
		before = after;
	}
	return n;
}

/* @wanted more, at even distances as far as those are free. */
static void pick_even(bool *chosen, unsigned count, unsigned wanted)
{
	for (unsigned n = 0; n < wanted; n++) {
		unsigned i = (uint64_t)n * count / wanted;

		while (chosen[i])
			i = (i + 1) % count;
		chosen[i] = true;
	}
}

int mmu_pick(bool *chosen, const struct mmu_batch *batch, unsigned wanted)
{
	struct mmu_machine machine = mmu_machine_of(&batch->header);
	unsigned count = batch->header.answered, n;
	struct mmu_coverage coverage;
	struct mmu_model model;

	if (count < 2 * wanted)
		return -EINVAL;
	memset(chosen, 0, count * sizeof(*chosen));
	if (mmu_model_start(&model, &machine))
		return -ENOMEM;
	if (mmu_coverage_start(&coverage, &machine)) {
		mmu_model_end(&model);
		return -ENOMEM;
	}
	n = pick_new(chosen, &coverage, &model, batch, wanted / 2);
	mmu_coverage_end(&coverage);
	mmu_model_end(&model);
	pick_even(chosen, count, wanted - n);
	return 0;
}
