/* SPDX-License-Identifier: BSD-2-Clause */
#include "describe.h"

#include <inttypes.h>

const char *const mmu_access_names[MMU_ACCESSES] = {
	[MMU_READ] = "read",	       [MMU_WRITE] = "write", [MMU_RMW] = "rmw",
	[MMU_FETCH] = "fetch",	       [MMU_PUSH] = "push",   [MMU_POP] = "pop",
	[MMU_IMPLICIT] = "implicit",
};

static const char *const control_names[MMU_CONTROLS] = {
	"WP", "SMEP", "SMAP", "AC", "PKE", "PKS", "NXE", "PGE",
};

static const char *const cause_names[] = {
	[X86_CAUSE_NONE] = "translates",
	[X86_CAUSE_ABSENT] = "absent",
	[X86_CAUSE_RESERVED] = "reserved bit",
	[X86_CAUSE_NX] = "no execute",
	[X86_CAUSE_SMEP] = "SMEP",
	[X86_CAUSE_USER] = "supervisor page",
	[X86_CAUSE_SMAP] = "SMAP",
	[X86_CAUSE_READ_ONLY] = "read-only",
	[X86_CAUSE_PKEY] = "protection key",
};

const char *mmu_exception_name(unsigned vector)
{
	static const char *const names[32] = {
		"#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "vector 9", "#TS",
		"#NP", "#SS", "#GP", "#PF", "vector 15", "#MF", "#AC", "#MC", "#XM", "#VE", "#CP",
	};

	if (vector == MMU_DONE)
		return "passes";
	return vector < 32 && names[vector] ? names[vector] : "unknown vector";
}

static void describe_answer(FILE *to, const char *who, const struct mmu_answer *a)
{
	fprintf(to, "  %-10s %s error %#x cr2 %#" PRIx64 " value %#" PRIx64 " word %#" PRIx64
		" CPL %u\n", who, mmu_exception_name(a->vector), a->error, a->cr2, a->value,
		a->word, a->cpl);
}

static void describe_entries(FILE *to, const struct mmu_vector *v,
			     const struct mmu_answer *expected, const struct mmu_answer *answer)
{
	for (unsigned i = MMU_LEVELS; i-- > 0;) {
		char text[NUMASIM_X86_ENTRY_TEXT];

		if (!v->slot[i])
			continue;
		numasim_x86_print_entry(text, sizeof(text), v->entry[i], i + 1);
		fprintf(to, "  level %u    %016" PRIx64 " at %#" PRIx64 ": %s\n", i + 1,
			v->entry[i], v->slot[i], text);
		if (expected->entry[i] != v->entry[i] || answer->entry[i] != v->entry[i])
			fprintf(to, "             %016" PRIx64 " expected, %016" PRIx64
				" answered%s\n", expected->entry[i], answer->entry[i],
				expected->entry[i] != answer->entry[i] ? ": differs" : "");
	}
}

void mmu_describe(FILE *to, unsigned index, const struct mmu_machine *machine,
		  const struct mmu_vector *v, const struct x86_walk *w,
		  const struct mmu_answer *expected, const struct mmu_answer *answer)
{
	fprintf(to, "vector %u, %u levels: %s of %u at %#" PRIx64 ", CPL %u,", index,
		machine->levels, v->access < MMU_ACCESSES ? mmu_access_names[v->access] : "?",
		1u << v->size, v->va, v->cpl);
	for (unsigned i = 0; i < MMU_CONTROLS; i++)
		if (v->control >> i & 1)
			fprintf(to, " %s", control_names[i]);
	fprintf(to, " PKRU %#x PKRS %#x CR3 %#" PRIx64 " target %#" PRIx64 "\n", v->pkru, v->pkrs,
		v->cr3, v->target);
	describe_entries(to, v, expected, answer);
	fprintf(to, "  the library's walk: %s\n",
		w->outcome == X86_NONCANONICAL ? "not canonical" : cause_names[w->cause]);
	describe_answer(to, "expected", expected);
	describe_answer(to, "answered", answer);
}
