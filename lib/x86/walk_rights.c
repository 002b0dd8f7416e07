/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who may do what with a page, Intel SDM vol. 3A section 4.6, and the error code that says so, 4.7.
 *
 * The same judgement serves a fresh walk and a cached translation.
 */
#include "x86/walk.h"

/* SDM 4.6.1: an access at CPL < 3, or an implicit one at any CPL. */
static bool is_supervisor(const struct x86_access *a)
{
	return !a->user || a->implicit;
}

static bool is_write(const struct x86_access *a)
{
	return a->write && !a->exec;
}

/* SDM 4.6.1: SMAP spares explicit accesses made with EFLAGS.AC set. */
static bool smap_applies(const struct x86_mode *mode, const struct x86_access *a)
{
	return mode->smap && (a->implicit || !mode->ac);
}

/*
 * SDM 4.6.2. Keys never stop instruction fetches. PKRU governs user pages, for supervisor accesses
 * too; write-disable binds a supervisor access only while CR0.WP is set. IA32_PKRS does the same
 * for supervisor pages, which user-mode accesses do not reach anyway. (QEMU's MMU agrees on all of
 * it: tests/conformance/mmu.)
 */
static bool pkey_forbids(const struct x86_rights *r, const struct x86_mode *mode,
			 const struct x86_access *a)
{
	bool on = r->us ? mode->pke : mode->pks && is_supervisor(a);
	uint32_t key = (r->us ? mode->pkru : mode->pkrs) >> (2 * r->pkey);

	if (!on || a->exec)
		return false;
	if (key & 1)
		return true;
	return (key & 2) && is_write(a) && (mode->wp || !is_supervisor(a));
}

static enum x86_cause judge_fetch(const struct x86_rights *r, const struct x86_mode *mode,
				  const struct x86_access *a)
{
	if (!is_supervisor(a) && !r->us)
		return X86_CAUSE_USER;
	if (is_supervisor(a) && r->us && mode->smep)
		return X86_CAUSE_SMEP;
	if (r->nx && mode->nxe)
		return X86_CAUSE_NX;
	return X86_CAUSE_NONE;
}

static enum x86_cause judge_data(const struct x86_rights *r, const struct x86_mode *mode,
				 const struct x86_access *a)
{
	if (!is_supervisor(a) && !r->us)
		return X86_CAUSE_USER;
	if (is_supervisor(a) && r->us && smap_applies(mode, a))
		return X86_CAUSE_SMAP;
	if (is_write(a) && !r->rw && (mode->wp || !is_supervisor(a)))
		return X86_CAUSE_READ_ONLY;
	if (pkey_forbids(r, mode, a))
		return X86_CAUSE_PKEY;
	return X86_CAUSE_NONE;
}

enum x86_cause x86_rights_judge(const struct x86_rights *r, const struct x86_mode *mode,
				const struct x86_access *a)
{
	if (a->probe)
		return X86_CAUSE_NONE;
	return a->exec ? judge_fetch(r, mode, a) : judge_data(r, mode, a);
}

void x86_rights_narrow(struct x86_rights *r, uint64_t entry)
{
	r->rw &= !!(entry & X86_RW);
	r->us &= !!(entry & X86_US);
	r->nx |= !!(entry & X86_NX);
	r->pkey = (entry & X86_PKEY) >> X86_PKEY_SHIFT;
}

/*
 * The bits describe the access, but for P, RSVD and PK. PK says what the key forbids, even where
 * another right is missing as well; without a translation there is no key.
 */
uint32_t x86_error_code(enum x86_cause cause, const struct x86_rights *r,
			const struct x86_mode *mode, const struct x86_access *a)
{
	uint32_t code = 0;

	if (is_write(a))
		code |= X86_PF_W;
	if (!is_supervisor(a))
		code |= X86_PF_U;
	if (a->exec && (mode->smep || mode->nxe))
		code |= X86_PF_I;
	if (cause == X86_CAUSE_ABSENT)
		return code;
	if (cause == X86_CAUSE_RESERVED)
		return code | X86_PF_P | X86_PF_RSVD;
	if (pkey_forbids(r, mode, a))
		code |= X86_PF_PK;
	return code | X86_PF_P;
}

bool x86_check_cached(const struct x86_rights *r, const struct x86_mode *mode,
		      const struct x86_access *a, uint32_t *error_code)
{
	enum x86_cause cause = x86_rights_judge(r, mode, a);

	if (cause != X86_CAUSE_NONE && error_code)
		*error_code = x86_error_code(cause, r, mode, a);
	return cause == X86_CAUSE_NONE;
}
