/* SPDX-License-Identifier: BSD-2-Clause */
/* Which shapes the simulator's TLB can have: checking them, and those that have a name. */
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "x86/simtlb.h"
#include "x86/simtlb_presets.h"

struct where {
	unsigned level, array; /* from 1, for people */
	struct numasim_error *err;
};

static const char *const size_name[NUMASIM_TLB_SIZES] = {"4K", "2M", "1G"};

static int check_numbers(const struct numasim_tlb_array *shape, const struct where *w)
{
	if (shape->sets > NUMASIM_TLB_MAX_SETS)
		return error_set(w->err, -EINVAL,
				 "level %u, array %u: %u sets; at most %u are possible", w->level,
				 w->array, shape->sets, NUMASIM_TLB_MAX_SETS);
	if (!shape->ways || shape->ways > NUMASIM_TLB_MAX_WAYS)
		return error_set(w->err, -EINVAL,
				 "level %u, array %u: %u ways; 1 to %u are possible", w->level,
				 w->array, shape->ways, NUMASIM_TLB_MAX_WAYS);
	if (shape->sets * shape->ways > NUMASIM_TLB_MAX_ENTRIES)
		return error_set(
			w->err, -EINVAL, "level %u, array %u: %u entries; at most %u are possible",
			w->level, w->array, shape->sets * shape->ways, NUMASIM_TLB_MAX_ENTRIES);
	if (shape->policy > NUMASIM_TLB_TREE_PLRU)
		return error_set(w->err, -EINVAL,
				 "level %u, array %u: policy %u; 0 is LRU, 1 is tree-PLRU",
				 w->level, w->array, shape->policy);
	if (shape->policy == NUMASIM_TLB_TREE_PLRU &&
	    (shape->ways < 2 || shape->ways > 64 || (shape->ways & (shape->ways - 1))))
		return error_set(
			w->err, -EINVAL,
			"level %u, array %u: a tree over %u ways; it needs a power of two, "
			"2 to 64, or the policy LRU",
			w->level, w->array, shape->ways);
	return 0;
}

static int check_hold(const struct numasim_tlb_array *shape, const struct where *w)
{
	unsigned held = 0;

	for (unsigned size = 0; size < NUMASIM_TLB_SIZES; size++) {
		const struct numasim_tlb_ways *hold = &shape->hold[size];

		held += hold->count;
		if (hold->count && hold->first + hold->count > shape->ways)
			return error_set(w->err, -EINVAL,
					 "level %u, array %u: %s pages in ways %u to %u of %u",
					 w->level, w->array, size_name[size], hold->first,
					 hold->first + hold->count - 1, shape->ways);
		if (hold->count && hold->count != shape->ways &&
		    shape->policy == NUMASIM_TLB_TREE_PLRU)
			return error_set(w->err, -EINVAL,
					 "level %u, array %u: %s pages in part of the ways; only "
					 "the policy LRU can do that",
					 w->level, w->array, size_name[size]);
	}
	if (!held)
		return error_set(w->err, -EINVAL,
				 "level %u, array %u holds no page size; set hold[], or sets to 0",
				 w->level, w->array);
	return 0;
}

static int check_unused(const struct numasim_tlb_array *shape, const struct where *w)
{
	static const struct numasim_tlb_array unused;

	if (!memcmp(shape, &unused, sizeof(unused)))
		return 0;
	return error_set(w->err, -EINVAL,
			 "level %u, array %u: 0 sets; give it some, or leave it all zero", w->level,
			 w->array);
}

/* A page size that lives in two arrays of a level would be in two places at once. */
static int check_level(const struct numasim_tlb_array *shape, const struct where *w)
{
	for (unsigned size = 0; size < NUMASIM_TLB_SIZES; size++) {
		unsigned arrays = 0;

		for (unsigned a = 0; a < NUMASIM_TLB_ARRAYS; a++)
			arrays += shape[a].hold[size].count != 0;
		if (arrays > 1)
			return error_set(w->err, -EINVAL,
					 "level %u holds %s pages in %u arrays; one is possible",
					 w->level, size_name[size], arrays);
	}
	return 0;
}

int numasim_tlb_check_geometry(const struct numasim_tlb_geometry *geometry,
			       struct numasim_error *err)
{
	struct where w = {.err = err};
	bool any = false;
	int rc = 0;

	for (w.level = 1; w.level <= NUMASIM_TLB_LEVELS && !rc; w.level++) {
		const struct numasim_tlb_array *level = geometry->level[w.level - 1];

		for (w.array = 1; w.array <= NUMASIM_TLB_ARRAYS && !rc; w.array++) {
			const struct numasim_tlb_array *shape = &level[w.array - 1];

			if (!shape->sets) {
				rc = check_unused(shape, &w);
				continue;
			}
			any |= w.level == 1;
			rc = check_numbers(shape, &w);
			if (!rc)
				rc = check_hold(shape, &w);
		}
		if (!rc)
			rc = check_level(level, &w);
	}
	if (!rc && !any)
		rc = error_set(err, -EINVAL, "level 1 has no array; only level 2 may be empty");
	return rc;
}

/* clang-format off */

#define NOT_PUBLISHED                                                                              \
	" Replacement policies and set indexing are not published: LRU, or tree-PLRU for small "   \
	"arrays whose ways allow it, and the low bits of the page number, are assumed."

const struct numasim_tlb_preset *numasim_tlb_presets(size_t *count)
{
	static const struct numasim_tlb_preset presets[] = {
		{"intel-golden-cove", "Intel Golden Cove (Xeon \"Sapphire Rapids\"), data side",
		 "CPUID leaf 18H as recorded from a Golden Cove core (i5-13500, signature B06F2): "
		 "loads 2M 32 entries 4-way, 1G 8 entries fully associative; second level 1024 "
		 "entries 8-way for 4K/2M and 1024 entries 8-way for 4K/1G, taken as one array of "
		 "16 ways of which 2M and 1G use half each (unverified). First level 4K: 96 "
		 "entries as Intel published for this core; 6-way is unverified, and the leaf "
		 "itself still reports 64 entries 4-way. The 16-entry store TLB is left out."
		 NOT_PUBLISHED,
		 SIMTLB_GOLDEN_COVE},
		{"amd-zen4", "AMD Zen 4 (EPYC 9004 \"Genoa\"), data side",
		 "CPUID leaves 80000005H, 80000006H and 80000019H as recorded from an EPYC 9124 "
		 "(signature A10F11): first level 72 entries fully associative for all sizes; "
		 "second level 3072 entries for 4K (reported as 8- to 15-way: 12 is inferred) "
		 "and for 2M (reported as 6- or 7-way; taken as shared with 4K, unverified), and "
		 "64 entries fully associative for 1G. Coalesced pages are left out."
		 NOT_PUBLISHED,
		 SIMTLB_ZEN4},
		{"classic-64-1536", "64 entries 4-way and 1536 entries 12-way",
		 "The sizes of Intel Skylake-SP (its CPUID leaf 2 reports 64 entries 4-way, 1G 4 "
		 "entries 4-way and a second level of 1536 entries; 12-way by the optimisation "
		 "manual, unverified), with tree-PLRU, exact LRU and plain indexing as this "
		 "project's throughput bench uses them: for comparing speed, not processors.",
		 SIMTLB_CLASSIC},
	};

	*count = sizeof(presets) / sizeof(presets[0]);
	return presets;
}

/* clang-format on */

int numasim_tlb_create_preset(struct numasim_tlb **tlb, const char *name, struct numasim_error *err)
{
	size_t count;
	const struct numasim_tlb_preset *preset = numasim_tlb_presets(&count);

	for (size_t i = 0; i < count; i++)
		if (!strcmp(preset[i].name, name))
			return numasim_tlb_create(tlb, &preset[i].geometry, err);
	return error_set(err, -ENOENT, "no TLB preset \"%.64s\"; there are %s, %s and %s", name,
			 preset[0].name, preset[1].name, preset[2].name);
}
