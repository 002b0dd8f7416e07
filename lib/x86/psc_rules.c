/* SPDX-License-Identifier: BSD-2-Clause */
#include "x86/psc_rules.h"

#include <stddef.h>
#include <string.h>

/*
 * SDM 4.10.4.1: INVLPG drops all paging-structure-cache entries of the current PCID, whatever the
 * address; INVPCID type 0 only what would translate its address. 4.10.4.3: lifting a restriction
 * without an invalidation may cost one spurious fault for each address. That the walk which sets D
 * does not start from a paging-structure cache is not in the manual (M).
 */
const struct x86_rules x86_rules_intel = {
	.name = "intel",
	.source = "Intel SDM vol. 3A 4.10.4.1, 4.10.4.3",
	.invlpg_psc = X86_PSC_PCID,
	.invpcid_psc = X86_PSC_PATH,
	.fault_from_cache = true,
	.smep_drops_pcid = true,
};

/*
 * APM 5.5.3: a fault flushes the cached entries that lead to it and is confirmed by a walk of the
 * tables in memory ("Use of Cached Entries When Reporting a Page Fault Exception"); the walk that
 * sets D may use cached upper-level entries ("Handling of D-Bit Updates"); without EFER.TCE INVLPG
 * flushes all upper-level entries, related or not, and by the description of EFER.TCE (3.1.7)
 * INVPCID does the same.
 */
const struct x86_rules x86_rules_amd = {
	.name = "amd",
	.source = "AMD APM vol. 2 5.5.3, 3.1.7",
	.invlpg_psc = X86_PSC_ALL,
	.invpcid_psc = X86_PSC_ALL,
	.dirty_walk_uses_psc = true,
	.pse_drops_all = true,
	.pke_drops_all = true,
};

const struct x86_rules x86_rules_amd_tce = {
	.name = "amd-tce",
	.source = "AMD APM vol. 2 5.5.3, 3.1.7, EFER.TCE = 1",
	.invlpg_psc = X86_PSC_PATH,
	.invpcid_psc = X86_PSC_PATH,
	.dirty_walk_uses_psc = true,
	.pse_drops_all = true,
	.pke_drops_all = true,
};

const struct x86_rules *x86_rules_find(const char *name)
{
	static const struct x86_rules *const presets[] = { &x86_rules_intel, &x86_rules_amd,
							   &x86_rules_amd_tce };

	for (size_t i = 0; i < sizeof(presets) / sizeof(presets[0]); i++)
		if (!strcmp(presets[i]->name, name))
			return presets[i];
	return NULL;
}
