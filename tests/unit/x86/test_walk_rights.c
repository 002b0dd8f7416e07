/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who may do what: every combination of control bits, access and entry bits, against the sentences
 * of Intel SDM vol. 3A section 4.6.1 and 4.6.2, one row each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tables.h"

#define VA UINT64_C(0x00007f1234567000)

/* One combination, as letters: a capital stands for a 1, its small letter for a 0. */
enum { WP, SMAP, SMEP, AC, PKE, NXE, RW, NX, AD, WD, IMPLICIT, VARIABLES };
static const char letters[VARIABLES + 1] = "WMECKNRXDOI";

struct case_ {
	bool v[VARIABLES];
	bool user_page;
	bool supervisor; /* the access: CPL < 3 or implicit */
	char kind;	 /* 'r', 'w', 'x' */
};

/*
 * The manual's list: whose access, which kind, to whose page, and the condition. An access that no
 * row grants is not granted. "key" stands for one more condition, given in keys[].
 */
static const struct {
	char who, kind, page;
	const char *when;
	bool key;
} granted[] = {
	/* supervisor-mode accesses: data may be read from any supervisor-mode address */
	{ 'S', 'r', 's', "", false },
	/* reads from user-mode pages: SMAP off, or AC on and the access explicit */
	{ 'S', 'r', 'u', "m", true },
	{ 'S', 'r', 'u', "MCi", true },
	/* writes to supervisor-mode addresses: WP off, or R/W at every level */
	{ 'S', 'w', 's', "w", false },
	{ 'S', 'w', 's', "WR", false },
	/* writes to user-mode addresses */
	{ 'S', 'w', 'u', "wm", true },
	{ 'S', 'w', 'u', "wMCi", true },
	{ 'S', 'w', 'u', "WmR", true },
	{ 'S', 'w', 'u', "WMCiR", true },
	/* fetches from supervisor-mode addresses: NXE off, or XD nowhere */
	{ 'S', 'x', 's', "n", false },
	{ 'S', 'x', 's', "Nx", false },
	/* fetches from user-mode addresses: the same, and never with SMEP */
	{ 'S', 'x', 'u', "en", false },
	{ 'S', 'x', 'u', "eNx", false },
	/* user-mode accesses: only to user-mode addresses */
	{ 'U', 'r', 'u', "", true },
	{ 'U', 'w', 'u', "R", true },
	{ 'U', 'x', 'u', "n", false },
	{ 'U', 'x', 'u', "Nx", false },
};

/* 4.6.2: for which accesses a protection key is one that permits them. */
static const struct {
	char who, kind; /* '*': any */
	const char *when;
} keys[] = {
	{ '*', '*', "k" },    /* keys are off */
	{ '*', 'r', "Kd" },   /* access-disable is 0 */
	{ '*', 'w', "Kdo" },  /* both are 0 */
	{ 'S', 'w', "KdOw" }, /* write-disable, but a supervisor without WP */
};

static bool holds(const char *when, const struct case_ *c)
{
	for (; *when; when++) {
		const char *at = strchr(letters, *when & ~0x20);

		if (c->v[at - letters] != !(*when & 0x20))
			return false;
	}
	return true;
}

static bool matches(char wanted, char is)
{
	return wanted == '*' || wanted == is;
}

static bool key_permits(const struct case_ *c)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (matches(keys[i].who, c->supervisor ? 'S' : 'U') &&
		    matches(keys[i].kind, c->kind) && holds(keys[i].when, c))
			return true;
	return false;
}

static bool manual_grants(const struct case_ *c)
{
	for (size_t i = 0; i < sizeof(granted) / sizeof(granted[0]); i++)
		if (granted[i].who == (c->supervisor ? 'S' : 'U') && granted[i].kind == c->kind &&
		    granted[i].page == (c->user_page ? 'u' : 's') && holds(granted[i].when, c) &&
		    (!granted[i].key || key_permits(c)))
			return true;
	return false;
}

/* 4.7, bit by bit. */
static uint32_t manual_code(const struct case_ *c, bool reserved)
{
	uint32_t code = 1;

	code |= c->kind == 'w' ? 2 : 0;
	code |= !c->supervisor ? 4 : 0;
	code |= reserved ? 8 : 0;
	code |= c->kind == 'x' && (c->v[SMEP] || c->v[NXE]) ? 16 : 0;
	code |= !reserved && c->kind != 'x' && c->user_page && !key_permits(c) ? 32 : 0;
	return code;
}

static struct x86_mode mode_of(const struct case_ *c, unsigned key)
{
	struct x86_mode m = usual_mode();

	m.wp = c->v[WP];
	m.smap = c->v[SMAP];
	m.smep = c->v[SMEP];
	m.ac = c->v[AC];
	m.pke = c->v[PKE];
	m.nxe = c->v[NXE];
	/* the other keys say the opposite: a wrong one shows */
	m.pkru = ~(UINT32_C(3) << 2 * key);
	m.pkru |= (uint32_t)(c->v[AD] | c->v[WD] << 1) << 2 * key;
	return m;
}

static void check(struct tables *t, const struct case_ *c, bool cpl3, unsigned key)
{
	struct x86_mode m = mode_of(c, key);
	struct x86_access a = { .va = VA, .write = c->kind == 'w', .exec = c->kind == 'x',
				.user = cpl3, .implicit = c->v[IMPLICIT] };
	struct x86_rights r = { c->v[RW], c->user_page, c->v[NX], (uint8_t)key };
	bool reserved = c->v[NX] && !c->v[NXE], grants = manual_grants(c);
	uint32_t code = 0;
	struct x86_walk w;

	x86_walk(&w, &m, &t->mem, t->cr3, &a);
	assert_int_equal(w.outcome, grants && !reserved ? X86_OK : X86_FAULT);
	assert_int_equal(w.error_code, grants && !reserved ? 0 : manual_code(c, reserved));
	/* A walk with bit 63 reserved gets no rights, but they may have been cached before. */
	if (!reserved)
		assert_memory_equal(&w.rights, &r, sizeof(r));
	assert_int_equal(x86_check_cached(&r, &m, &a, &code), grants);
	assert_int_equal(code, grants ? 0 : manual_code(c, false));
	assert_int_equal(x86_check_cached(&r, &m, &a, NULL), grants);
}

/* Take away R/W and U/S, and set XD, in the entry of one level only. */
static void set_rights(struct tables *t, const struct case_ *c, unsigned leaf, unsigned level,
		       unsigned key)
{
	uint64_t *e = entry_of(t, VA, level);

	map(t, VA, leaf, (uint64_t)key << X86_PKEY_SHIFT | USER_TABLE);
	*e &= ~(uint64_t)((c->v[RW] ? 0 : X86_RW) | (c->user_page ? 0 : X86_US));
	*e |= c->v[NX] ? X86_NX : 0;
}

static void restore(struct tables *t, unsigned level)
{
	uint64_t *e = entry_of(t, VA, level);

	*e = (*e & ~(uint64_t)X86_NX) | USER_TABLE;
}

static void all_cases(struct tables *t, unsigned leaf, unsigned level, unsigned key)
{
	for (unsigned bits = 0; bits < 1u << (VARIABLES + 2); bits++) {
		struct case_ c = { .user_page = bits >> VARIABLES & 1 };
		bool cpl3 = bits >> (VARIABLES + 1) & 1;

		for (int i = 0; i < VARIABLES; i++)
			c.v[i] = bits >> i & 1;
		c.supervisor = !cpl3 || c.v[IMPLICIT];
		set_rights(t, &c, leaf, level, key);
		for (const char *kind = "rwx"; *kind; kind++) {
			c.kind = *kind;
			check(t, &c, cpl3, key);
		}
		restore(t, level);
	}
}

static void test_against_the_manual(void **state)
{
	for (unsigned leaf = X86_PTE; leaf <= X86_PUD; leaf++)
		for (unsigned level = leaf; level <= X86_P4D; level++) {
			struct tables t;

			tables_start(&t, false);
			map(&t, VA, leaf, USER_TABLE);
			all_cases(&t, leaf, level, 7 * leaf % 16);
			tables_end(&t);
		}
}

/* The protection key of an entry above the leaf is no key. */
static void test_key_is_the_leafs(void **state)
{
	struct x86_mode m = usual_mode();
	struct x86_access a = { .va = VA, .user = true };
	struct x86_walk w;
	struct tables t;

	tables_start(&t, false);
	map(&t, VA, X86_PTE, USER_TABLE | UINT64_C(9) << X86_PKEY_SHIFT);
	*entry_of(&t, VA, X86_PMD) |= UINT64_C(6) << X86_PKEY_SHIFT;
	m.pke = true;
	m.pkru = 1u << 2 * 6;
	x86_walk(&w, &m, &t.mem, t.cr3, &a);
	assert_int_equal(w.outcome, X86_OK);
	assert_int_equal(w.rights.pkey, 9);
	m.pkru = 1u << 2 * 9;
	x86_walk(&w, &m, &t.mem, t.cr3, &a);
	assert_int_equal(w.cause, X86_CAUSE_PKEY);
	tables_end(&t);
}

/* IA32_PKRS: the same for supervisor pages, and nothing for user pages. */
static void test_supervisor_keys(void **state)
{
	struct x86_mode m = { .wp = true, .pks = true, .pkrs = 1u << 4 | 2u << 6 };
	struct x86_access read = { .va = VA }, write = { .va = VA, .write = true };
	struct x86_access fetch = { .va = VA, .exec = true }, user = { .va = VA, .user = true };
	struct x86_rights off = { .rw = true, .pkey = 2 }, ro = { .rw = true, .pkey = 3 };
	struct x86_rights user_page = { .rw = true, .us = true, .pkey = 2 };
	uint32_t code;

	assert_int_equal(x86_rights_judge(&off, &m, &read), X86_CAUSE_PKEY);
	assert_int_equal(x86_rights_judge(&off, &m, &fetch), X86_CAUSE_NONE);
	assert_int_equal(x86_rights_judge(&ro, &m, &read), X86_CAUSE_NONE);
	assert_false(x86_check_cached(&ro, &m, &write, &code));
	assert_int_equal(code, X86_PF_P | X86_PF_W | X86_PF_PK);
	assert_false(x86_check_cached(&off, &m, &user, &code));
	assert_int_equal(code, X86_PF_P | X86_PF_U);
	assert_int_equal(x86_rights_judge(&user_page, &m, &read), X86_CAUSE_NONE);
	m.wp = false;
	assert_int_equal(x86_rights_judge(&ro, &m, &write), X86_CAUSE_NONE);
	m.pks = false;
	assert_int_equal(x86_rights_judge(&off, &m, &read), X86_CAUSE_NONE);
}

/* The page walker that fills ahead asks for no right: it translates what CPL 3 may not touch. */
static void test_probe_asks_for_nothing(void **state)
{
	struct x86_mode m = usual_mode();
	struct x86_rights none = { .nx = true };
	struct x86_access a = { .va = VA, .user = true, .probe = true };

	for (int kind = 0; kind < 3; kind++) {
		a.write = kind == 1;
		a.exec = kind == 2;
		assert_int_equal(x86_rights_judge(&none, &m, &a), X86_CAUSE_NONE);
		a.probe = false;
		assert_int_equal(x86_rights_judge(&none, &m, &a), X86_CAUSE_USER);
		a.probe = true;
	}
}

/* A fetch is never a write, whatever the caller says. */
static void test_fetch_is_no_write(void **state)
{
	struct x86_mode m = usual_mode();
	struct x86_rights r = { .us = true };
	struct x86_access a = { .va = VA, .user = true, .exec = true, .write = true };
	uint32_t code;

	assert_int_equal(x86_rights_judge(&r, &m, &a), X86_CAUSE_NONE);
	r.nx = true;
	assert_false(x86_check_cached(&r, &m, &a, &code));
	assert_int_equal(code, X86_PF_P | X86_PF_U | X86_PF_I);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_the_manual),
		cmocka_unit_test(test_key_is_the_leafs),
		cmocka_unit_test(test_supervisor_keys),
		cmocka_unit_test(test_probe_asks_for_nothing),
		cmocka_unit_test(test_fetch_is_no_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
