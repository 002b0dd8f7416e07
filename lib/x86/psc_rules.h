/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where processors differ in what they cache of the tables and what drops it: data, not code.
 *
 * The architecture says what an instruction drops at least; a processor may always drop more. A
 * search for races wants the least, because what is still cached is what goes wrong, so the presets
 * keep everything that the vendor's manual allows to be kept.
 */
#ifndef X86_PSC_RULES_H
#define X86_PSC_RULES_H

#include <stdbool.h>
#include <stdint.h>

/* Which paging-structure-cache entries an invalidation for one address drops. */
enum x86_psc_scope {
	X86_PSC_PATH, /* of the PCID, those that would be used to translate the address */
	X86_PSC_PCID, /* all of the PCID */
	X86_PSC_ALL,  /* all */
};

struct x86_rules {
	const char *name;
	const char *source; /* manual and section */

	enum x86_psc_scope invlpg_psc;	/* INVLPG; the PCID is the current one */
	enum x86_psc_scope invpcid_psc; /* INVPCID type 0; the PCID is the operand's */

	/*
	 * May an access fault on rights that are only cached? If so the fault can be spurious: the
	 * tables allow the access by now. It drops what it used, so it comes once. If not, the
	 * processor drops what it has cached, walks again from CR3, and faults if that does.
	 */
	bool fault_from_cache;

	/* May the walk that sets D for a translation cached clean use paging-structure caches? */
	bool dirty_walk_uses_psc;

	bool smep_drops_pcid; /* MOV to CR4 that sets SMEP drops what the current PCID has */
	bool pse_drops_all;   /* MOV to CR4 that changes PSE drops everything */
	bool pke_drops_all;   /* MOV to CR4 that sets PKE drops everything */
};

/* Intel: SDM vol. 3A 4.10.4. */
extern const struct x86_rules x86_rules_intel;
/* AMD with EFER.TCE = 0, as Linux runs it before v6.15 (M): APM vol. 2 5.5.3. */
extern const struct x86_rules x86_rules_amd;
/* AMD with EFER.TCE = 1, which Linux sets since v6.15 (M). */
extern const struct x86_rules x86_rules_amd_tce;

/* The preset called @name, or NULL. */
const struct x86_rules *x86_rules_find(const char *name);

#endif
