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

/* Which deviations apply to a vector that the library answers with @expected, as a mask. */
static unsigned applicable(const struct mmu_answer *expected, const struct mmu_vector *v,
			   const struct x86_walk *w)
{
	unsigned mask = 0;

	for (unsigned i = 0; i < MMU_DEVIATIONS; i++)
		mask |= (unsigned)mmu_deviations[i].applies(expected, v, w) << i;
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

enum opinion { PLAIN, AGREES, DEVIATES, DIFFERS };

static enum opinion tally(struct mmu_tally *t, const struct mmu_answer *answer,
		  const struct mmu_answer *expected, const struct mmu_vector *v,
		  const struct x86_walk *w)
{
	unsigned mask = applicable(expected, v, w);
	bool agrees = same(answer, expected);
	unsigned needed = agrees ? 0 : explain(answer, expected, mask, v, w);

	t->judged++;
	t->agree += agrees;
	t->deviate += needed != 0;
	t->differ += !agrees && !needed;
	for (unsigned d = 0; d < MMU_DEVIATIONS; d++) {
		t->named[d] += mask >> d & 1;
		t->deviation[d] += needed >> d & 1;
	}
	if (agrees)
		return mask ? AGREES : PLAIN;
	return needed ? DEVIATES : DIFFERS;
}

struct judge {
	struct mmu_verdict *verdict;
	struct mmu_model model;
	struct mmu_coverage *coverage;
	bool *plain;
	FILE *to;
};

static void complain(struct judge *j, unsigned index, const char *who, const struct mmu_vector *v,
		     const struct x86_walk *w, const struct mmu_answer *expected,
		     const struct mmu_answer *answer)
{
	if (!j->to || j->verdict->described++ >= MAX_DESCRIBED)
		return;
	fprintf(j->to, "%s: ", who);
	mmu_describe(j->to, index, &j->model.machine, v, w, expected, answer);
}

static void judge_one(struct judge *j, unsigned index, const struct mmu_vector *v,
		      const struct mmu_answer *answer)
{
	struct mmu_verdict *verdict = j->verdict;
	struct mmu_answer expected;
	const char *inconsistent;
	enum opinion opinion;
	struct x86_walk w;

	mmu_model_answer(&j->model, v, &expected, &w);
	verdict->vectors++;
	if (answer->vector <= MMU_DONE)
		verdict->by_vector[answer->vector]++;
	if (j->coverage)
		mmu_coverage_add(j->coverage, v, &w);
	opinion = tally(&verdict->tally[MMU_EXPLORER], answer, &expected, v, &w);
	if (j->plain)
		j->plain[index] = opinion == PLAIN;
	if (opinion == DIFFERS)
		complain(j, index, "explorer", v, &w, &expected, answer);
	inconsistent = mmu_model_check(&j->model, v, &w);
	if (inconsistent) {
		verdict->inconsistent++;
		complain(j, index, inconsistent, v, &w, &expected, answer);
	}
	if (mmu_simulator_answer(&j->model, v, &w, &expected) &&
	    tally(&verdict->tally[MMU_SIMULATOR], answer, &expected, v, &w) == DIFFERS)
		complain(j, index, "simulator", v, &w, &expected, answer);
}

int mmu_judge(struct mmu_verdict *verdict, struct mmu_coverage *coverage, bool *plain,
	      const struct mmu_batch *batch, FILE *to)
{
	struct mmu_machine machine = mmu_machine_of(&batch->header);
	struct judge j = { .verdict = verdict, .coverage = coverage, .plain = plain, .to = to };
	int ret = mmu_model_start(&j.model, &machine);

	memset(verdict, 0, sizeof(*verdict));
	if (ret)
		return ret;
	for (unsigned i = 0; i < batch->header.answered; i++)
		judge_one(&j, i, &batch->vector[i], &batch->answer[i]);
	mmu_model_end(&j.model);
	return 0;
}

static bool tally_holds(const struct mmu_tally *t, bool recorded)
{
	for (unsigned i = 0; i < MMU_DEVIATIONS; i++)
		if (t->deviation[i] != t->named[i] && (recorded || t->deviation[i]))
			return false;
	return !t->differ;
}

bool mmu_verdict_holds(const struct mmu_verdict *v, bool recorded)
{
	return tally_holds(&v->tally[MMU_EXPLORER], recorded) &&
	       tally_holds(&v->tally[MMU_SIMULATOR], recorded) && !v->inconsistent;
}

static void print_tally(const struct mmu_tally *t, const char *who, FILE *to)
{
	fprintf(to, "%s: %u judged, %u agree, %u deviate as listed, %u differ\n", who, t->judged,
		t->agree, t->deviate, t->differ);
	for (unsigned i = 0; i < MMU_DEVIATIONS; i++)
		if (t->named[i])
			fprintf(to, "  %-15s %6u of %6u vectors  SDM %s: %s\n",
				mmu_deviations[i].name, t->deviation[i], t->named[i],
				mmu_deviations[i].section, mmu_deviations[i].text);
}

void mmu_verdict_print(const struct mmu_verdict *v, FILE *to)
{
	fprintf(to, "%u vectors: %u passed", v->vectors, v->by_vector[MMU_DONE]);
	for (unsigned i = 0; i < MMU_DONE; i++)
		if (v->by_vector[i])
			fprintf(to, ", %u %s", v->by_vector[i], mmu_exception_name(i));
	fputc('\n', to);
	print_tally(&v->tally[MMU_EXPLORER], "x86_walk", to);
	print_tally(&v->tally[MMU_SIMULATOR], "numasim_tlb", to);
	if (v->inconsistent)
		fprintf(to, "%u walks are contradicted by x86_walk_from() or x86_check_cached()\n",
			v->inconsistent);
}
