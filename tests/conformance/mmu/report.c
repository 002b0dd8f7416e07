/* SPDX-License-Identifier: BSD-2-Clause */
#include "report.h"

static const char *const walker_names[MMU_WALKERS] = {
	[MMU_EXPLORER] = "`x86_walk()`",
	[MMU_SIMULATOR] = "`numasim_tlb_access()`",
};

static void print_tallies(const struct mmu_report *reports, unsigned n, FILE *to)
{
	fprintf(to, "| walk | levels | accesses | agree | deviate as listed | differ |\n"
		"| --- | --- | --- | --- | --- | --- |\n");
	for (unsigned walker = 0; walker < MMU_WALKERS; walker++) {
		for (unsigned i = 0; i < n; i++) {
			const struct mmu_tally *t = &reports[i].verdict.tally[walker];

			fprintf(to, "| %s | %u | %u | %u | %u | %u |\n", walker_names[walker],
				reports[i].coverage.machine.levels, t->judged, t->agree, t->deviate,
				t->differ);
		}
	}
}

/* "16056 + 16040": of the machines in their order. */
static void print_counts(const struct mmu_report *reports, unsigned n, unsigned walker,
			 unsigned deviation, FILE *to)
{
	for (unsigned i = 0; i < n; i++)
		fprintf(to, "%s%u", i ? " + " : "",
			reports[i].verdict.tally[walker].deviation[deviation]);
}

static void print_deviations(const struct mmu_report *reports, unsigned n, FILE *to)
{
	fprintf(to, "\n| deviation | SDM vol. 3A | QEMU | who would notice | %s | %s |\n"
		"| --- | --- | --- | --- | --- | --- |\n", walker_names[MMU_EXPLORER],
		walker_names[MMU_SIMULATOR]);
	for (unsigned d = 0; d < MMU_DEVIATIONS; d++) {
		const struct mmu_deviation *about = &mmu_deviations[d];

		fprintf(to, "| %s | %s | %s | %s | ", about->name, about->section, about->text,
			about->notice);
		print_counts(reports, n, MMU_EXPLORER, d, to);
		fprintf(to, " | ");
		print_counts(reports, n, MMU_SIMULATOR, d, to);
		fprintf(to, " |\n");
	}
}

static void print_coverage(const struct mmu_report *reports, unsigned n, FILE *to)
{
	fprintf(to, "\n| combinations of |");
	for (unsigned i = 0; i < n; i++)
		fprintf(to, " %u levels: tried of possible | least |",
			reports[i].coverage.machine.levels);
	fprintf(to, "\n| --- |");
	for (unsigned i = 0; i < n; i++)
		fprintf(to, " --- | --- |");
	for (unsigned group = 0; group < mmu_nr_groups; group++) {
		fprintf(to, "\n| %s: %s |", mmu_groups[group].name, mmu_groups[group].text);
		for (unsigned i = 0; i < n; i++) {
			struct mmu_covered sum = mmu_coverage_of(&reports[i].coverage, group);

			fprintf(to, " %u of %u | %u |", sum.covered, sum.cells, sum.least);
		}
	}
	fputc('\n', to);
}

void mmu_report_print(const struct mmu_report *reports, unsigned n, FILE *to)
{
	print_tallies(reports, n, to);
	print_deviations(reports, n, to);
	print_coverage(reports, n, to);
}
