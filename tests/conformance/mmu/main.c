/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page walk against a processor's.
 *
 *	mmu generate LEVELS COUNT SEED IMAGE
 *	mmu judge IMAGE
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "generate.h"
#include "judge.h"

#define PHYSICAL_BITS 40 /* what TCG has */

static unsigned long number(const char *text, unsigned long least, unsigned long most)
{
	char *end;
	unsigned long n = strtoul(text, &end, 0);

	if (*end || n < least || n > most)
		errx(2, "%s: not a number from %lu to %lu", text, least, most);
	return n;
}

static int generate(char **arg)
{
	struct mmu_machine machine = { number(arg[0], 4, 5), PHYSICAL_BITS, true };
	struct mmu_batch batch = { .header = { .magic = MMU_MAGIC, .levels = machine.levels } };
	uint64_t seed = number(arg[2], 0, ~0ul);
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

static int judge(char **arg)
{
	struct mmu_coverage coverage;
	struct mmu_verdict verdict;
	struct mmu_batch batch;
	struct mmu_machine machine;
	unsigned missed;

	mmu_image_read(arg[0], &batch);
	machine = mmu_machine_of(&batch.header);
	if (mmu_coverage_start(&coverage, &machine) ||
	    mmu_judge(&verdict, &coverage, &batch, stdout))
		err(2, "%u answers", batch.header.answered);
	missed = mmu_coverage_print(&coverage, stdout);
	printf("%u cells missed\n", missed);
	mmu_verdict_print(&verdict, stdout);
	mmu_coverage_end(&coverage);
	mmu_batch_free(&batch);
	return !mmu_verdict_holds(&verdict);
}

int main(int argc, char **argv)
{
	if (argc == 6 && !strcmp(argv[1], "generate"))
		return generate(argv + 2);
	if (argc == 3 && !strcmp(argv[1], "judge"))
		return judge(argv + 2);
	return 2;
}
