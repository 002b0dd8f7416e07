/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page walk of the library against a processor's MMU.
 *
 *	mmu generate LEVELS COUNT SEED IMAGE   make vectors: IMAGE is then the memory of a guest
 *	mmu judge IMAGE                        compare what the guest has answered with the library
 *	mmu sample COUNT IMAGE...              print COUNT vectors of each image with their answers
 *	mmu report IMAGE...                    the same as `judge` for the manual, as tables
 *	mmu check SAMPLE                       compare the answers of such a file with the library
 *	mmu selftest SAMPLE                    does the comparison notice answers that are wrong?
 *
 * `judge` and `check` print what the vectors tried and how the answers compare, and end with 1 if
 * anything differs or was not tried. 2: bad arguments or a file that cannot be used.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "generate.h"
#include "judge.h"
#include "pick.h"
#include "report.h"
#include "sample.h"
#include "selftest.h"

#define PHYSICAL_BITS 40 /* what QEMU's TCG has; the guest says what it finds */

static uint64_t number(const char *text, uint64_t least, uint64_t most)
{
	char *end;
	uint64_t n;

	errno = 0;
	n = strtoull(text, &end, 0);
	if (end == text || *end || errno || n < least || n > most)
		errx(2, "%s: not a number from %llu to %llu", text, (unsigned long long)least,
		     (unsigned long long)most);
	return n;
}

static int generate(char **arg)
{
	struct mmu_machine machine = { number(arg[0], 4, 5), PHYSICAL_BITS, true };
	struct mmu_batch batch = { .header = { .magic = MMU_MAGIC, .levels = machine.levels } };
	uint64_t seed = number(arg[2], 0, UINT64_MAX);
	struct mmu_places places;

	batch.header.count = number(arg[1], 1, MMU_MAX_VECTORS);
	batch.vector = calloc(batch.header.count, sizeof(*batch.vector));
	mmu_places(&places, seed);
	if (!batch.vector ||
	    mmu_generate(batch.vector, batch.header.count, &machine, &places, seed))
		err(2, "%u vectors", batch.header.count);
	mmu_image_write(arg[3], &batch, &places);
	mmu_batch_free(&batch);
	return 0;
}

/* Returns true if all agree and, of the groups that must be (see coverage.h), all was tried. */
static bool judge_batch(const struct mmu_batch *batch, bool recorded)
{
	struct mmu_machine machine = mmu_machine_of(&batch->header);
	struct mmu_coverage coverage;
	struct mmu_verdict verdict;
	unsigned missed;

	if (mmu_coverage_start(&coverage, &machine) ||
	    mmu_judge(&verdict, &coverage, NULL, batch, stdout))
		errx(2, "no memory for %u answers", batch->header.answered);
	printf("%u levels, %u physical bits\n", machine.levels, machine.physical_bits);
	missed = mmu_coverage_print(&coverage, recorded, stdout);
	mmu_verdict_print(&verdict, stdout);
	if (missed)
		printf("FAILED: %u combinations were not tried\n", missed);
	if (!mmu_verdict_holds(&verdict, recorded))
		printf("FAILED: the library and the processor differ, or deviations come and go\n");
	mmu_coverage_end(&coverage);
	return !missed && mmu_verdict_holds(&verdict, recorded);
}

static void read_answers(const char *path, struct mmu_batch *batch)
{
	mmu_image_read(path, batch);
	if (batch->header.answered != batch->header.count)
		errx(2, "%s: the guest answered %u of %u vectors", path, batch->header.answered,
		     batch->header.count);
	if (batch->header.physical_bits != PHYSICAL_BITS)
		errx(2, "%s: for physical addresses of %u bits, but the processor has %u", path,
		     PHYSICAL_BITS, batch->header.physical_bits);
}

static int judge(char **arg)
{
	struct mmu_batch batch;
	bool holds;

	read_answers(arg[0], &batch);
	holds = judge_batch(&batch, false);
	mmu_batch_free(&batch);
	return !holds;
}

static void sample_image(unsigned wanted, const char *path)
{
	struct mmu_batch batch;
	bool *chosen;
	int ret;

	read_answers(path, &batch);
	chosen = calloc(batch.header.answered + 1, sizeof(*chosen));
	ret = chosen ? mmu_pick(chosen, &batch, wanted) : -ENOMEM;
	if (ret)
		errx(2, "%s: %u vectors out of %u: %s", path, wanted, batch.header.answered,
		     strerror(-ret));
	mmu_sample_machine(stdout, &batch.header);
	for (unsigned i = 0; i < batch.header.answered; i++)
		if (chosen[i])
			mmu_sample_vector(stdout, batch.header.levels, &batch.vector[i],
					  &batch.answer[i]);
	free(chosen);
	mmu_batch_free(&batch);
}

static int sample(char **arg)
{
	unsigned wanted = number(arg[0], 1, MMU_MAX_VECTORS);

	while (*++arg)
		sample_image(wanted, *arg);
	return 0;
}

static int report(char **arg)
{
	struct mmu_report reports[MMU_MAX_REPORTS] = { 0 };
	unsigned n = 0;

	for (; *arg; arg++, n++) {
		struct mmu_report *r = &reports[n];
		struct mmu_machine machine;
		struct mmu_batch batch;

		read_answers(*arg, &batch);
		machine = mmu_machine_of(&batch.header);
		if (mmu_coverage_start(&r->coverage, &machine) ||
		    mmu_judge(&r->verdict, &r->coverage, NULL, &batch, NULL))
			errx(2, "no memory for %u answers", batch.header.answered);
		mmu_batch_free(&batch);
	}
	mmu_report_print(reports, n, stdout);
	while (n--)
		mmu_coverage_end(&reports[n].coverage);
	return 0;
}

static int check(char **arg)
{
	struct mmu_batch batch[MMU_MAX_BATCHES];
	unsigned n = mmu_sample_read(arg[0], batch);
	bool holds = true;

	for (unsigned i = 0; i < n; i++) {
		holds &= judge_batch(&batch[i], true);
		mmu_batch_free(&batch[i]);
	}
	return !holds;
}

static int selftest(char **arg)
{
	struct mmu_batch batch[MMU_MAX_BATCHES];
	unsigned n = mmu_sample_read(arg[0], batch);
	int bad = 0;

	for (unsigned i = 0; i < n; i++) {
		int ret = mmu_selftest(&batch[i], stdout);

		if (ret < 0)
			errx(2, "%s", strerror(-ret));
		bad += ret;
		mmu_batch_free(&batch[i]);
	}
	return bad != 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(char **arg);
		int least, most; /* arguments */
	} commands[] = {
		{ "generate", generate, 4, 4 }, { "judge", judge, 1, 1 },
		{ "sample", sample, 2, 1 + MMU_MAX_BATCHES },
		{ "report", report, 1, MMU_MAX_REPORTS }, { "check", check, 1, 1 },
		{ "selftest", selftest, 1, 1 },
	};

	for (unsigned i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(argv[1], commands[i].name) && argc - 2 >= commands[i].least &&
		    argc - 2 <= commands[i].most)
			return commands[i].run(argv + 2);
	errx(2, "usage: mmu generate LEVELS COUNT SEED IMAGE | judge IMAGE | sample COUNT IMAGE..."
		" | report IMAGE... | check SAMPLE | selftest SAMPLE");
}
