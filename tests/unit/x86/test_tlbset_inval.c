/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each instruction drops and keeps. The rows are the manuals' sentences; the population is
 * every kind of translation that they tell apart.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tables.h"
#include "x86/tlbset_inval.h"

#define VA    UINT64_C(0x00007f1234567000)
#define OTHER UINT64_C(0x00007f1244567000) /* another 2M page, the same 1G region */
#define FAR   UINT64_C(0x00003f1234567000) /* another PML4 entry */

/*
 * The population, one letter each. TLB, in lower case: the page of VA for the current PCID (a),
 * the same as a 2M page (b), global of another PCID (g), not global of another PCID (o), global of
 * the current PCID (c); the other page for the current PCID (n), global (m), of another PCID (q).
 * Paging-structure caches, in capitals: on VA's path for the current PCID (P), the PMD entry of the
 * other page (N), everything of a far region (F); the path for another PCID (O).
 */
static const char everything[] = "abgocnmqPNFO";
enum { MINE = 7, THEIRS = 9 };

struct cpu {
	struct x86_tlbset *tlb;
	struct x86_psc *psc;
	struct x86_mode mode;
	const struct x86_rules *rules;
};

static void add(struct x86_tlbset *t, uint16_t pcid, uint64_t va, unsigned level, bool global,
		char mark)
{
	struct x86_tlb_entry e = { .pcid = pcid, .va = va & ~(x86_level_size(level) - 1),
				   .level = (uint8_t)level, .global = global,
				   .frame_name = (uint32_t)mark };

	assert_int_equal(x86_tlb_fill(t, &e), 0);
}

static void walk_for(struct cpu *c, struct tables *t, uint16_t pcid, uint64_t va)
{
	struct x86_access a = { .va = va, .user = true };
	struct x86_walk w;

	map(t, va, X86_PTE, USER_TABLE);
	x86_walk(&w, &c->mode, &t->mem, t->cr3, &a);
	x86_walk_commit(&w);
	assert_int_equal(x86_psc_fill(c->psc, pcid, va, &w, NULL), 0);
}

static struct cpu populate(const char *rules)
{
	struct cpu c = { malloc(x86_tlbset_size(16)), malloc(x86_psc_size(32)), usual_mode(),
			 x86_rules_find(rules) };
	struct tables t;

	tables_start(&t, false);
	x86_tlbset_init(c.tlb, 16);
	x86_psc_init(c.psc, 32);
	add(c.tlb, MINE, VA, X86_PTE, false, 'a');
	add(c.tlb, MINE, VA, X86_PMD, false, 'b');
	add(c.tlb, THEIRS, VA, X86_PTE, true, 'g');
	add(c.tlb, THEIRS, VA, X86_PMD, false, 'o');
	add(c.tlb, MINE, VA, X86_PUD, true, 'c');
	add(c.tlb, MINE, FAR, X86_PTE, false, 'n');
	add(c.tlb, MINE, FAR, X86_PMD, true, 'm');
	add(c.tlb, THEIRS, FAR, X86_PTE, false, 'q');
	walk_for(&c, &t, MINE, VA);
	walk_for(&c, &t, MINE, OTHER);
	walk_for(&c, &t, MINE, FAR);
	walk_for(&c, &t, THEIRS, VA);
	tables_end(&t);
	return c;
}

static bool psc_has(const struct cpu *c, uint16_t pcid, uint64_t va, unsigned level)
{
	for (uint32_t i = 0; i < c->psc->nr; i++)
		if (c->psc->entry[i].pcid == pcid && c->psc->entry[i].level == level &&
		    (va & ~(x86_level_size(level) - 1)) == c->psc->entry[i].va)
			return true;
	return false;
}

/* The letters of what is left; a path counts as kept only if all three of its levels are. */
static void survivors(char *left, const struct cpu *c)
{
	static const struct { char mark; uint16_t pcid; uint64_t va; unsigned low, high; } psc[] = {
		{ 'P', MINE, VA, 2, 4 },
		{ 'N', MINE, OTHER, 2, 2 },
		{ 'F', MINE, FAR, 2, 4 },
		{ 'O', THEIRS, VA, 2, 4 },
	};

	assert_true(x86_tlb_valid(c->tlb) && x86_psc_valid(c->psc));
	for (const char *m = everything; *m; m++)
		for (uint32_t i = 0; i < c->tlb->nr; i++)
			if (c->tlb->entry[i].frame_name == (uint32_t)*m)
				*left++ = *m;
	for (int i = 0; i < 4; i++) {
		unsigned kept = 0;

		for (unsigned l = psc[i].low; l <= psc[i].high; l++)
			kept += psc_has(c, psc[i].pcid, psc[i].va, l);
		assert_true(!kept || kept == psc[i].high - psc[i].low + 1);
		if (kept)
			*left++ = psc[i].mark;
	}
	*left = '\0';
}

static void expect_left(struct cpu *c, const char *expected)
{
	char left[sizeof(everything)];

	survivors(left, c);
	free(c->tlb);
	free(c->psc);
	assert_string_equal(left, expected);
}

static void test_population(void **state)
{
	struct cpu c = populate("intel");

	expect_left(&c, everything);
}

static void test_invlpg(void **state)
{
	struct cpu c = populate("intel");

	x86_invlpg(c.tlb, c.psc, c.rules, &c.mode, MINE, VA + 0xfff);
	expect_left(&c, "onmqO");
	c = populate("amd");
	x86_invlpg(c.tlb, c.psc, c.rules, &c.mode, MINE, VA);
	expect_left(&c, "onmq");
	c = populate("amd-tce");
	x86_invlpg(c.tlb, c.psc, c.rules, &c.mode, MINE, VA);
	expect_left(&c, "onmqNFO");
	c = populate("intel"); /* non-canonical: nothing happens (SDM vol. 2, INVLPG) */
	x86_invlpg(c.tlb, c.psc, c.rules, &c.mode, MINE, VA | UINT64_C(1) << 48);
	expect_left(&c, everything);
	c = populate("intel");
	x86_invlpg(c.tlb, NULL, c.rules, &c.mode, MINE, VA);
	expect_left(&c, "onmqPNFO");
}

static int invpcid(struct cpu *c, bool pcide, unsigned type, uint64_t pcid, uint64_t va)
{
	return x86_invpcid(c->tlb, c->psc, c->rules, &c->mode, pcide, type, pcid, va);
}

static void test_invpcid(void **state)
{
	static const struct {
		const char *rules;
		unsigned type;
		uint64_t pcid;
		const char *left;
	} rows[] = {
		{ "intel", X86_INVPCID_ADDR, MINE, "gocnmqNFO" },
		{ "amd", X86_INVPCID_ADDR, MINE, "gocnmq" },
		{ "amd-tce", X86_INVPCID_ADDR, MINE, "gocnmqNFO" },
		{ "intel", X86_INVPCID_ADDR, THEIRS, "abgcnmqPNF" },
		{ "intel", X86_INVPCID_ADDR, 4095, everything },
		{ "intel", X86_INVPCID_SINGLE, MINE, "gocmqO" },
		{ "amd", X86_INVPCID_SINGLE, MINE, "gocmqO" },
		{ "intel", X86_INVPCID_SINGLE, THEIRS, "abgcnmPNF" },
		{ "intel", X86_INVPCID_ALL_GLOBALS, MINE, "" },
		{ "intel", X86_INVPCID_ALL, MINE, "gcm" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cpu c = populate(rows[i].rules);

		assert_int_equal(invpcid(&c, true, rows[i].type, rows[i].pcid, VA), 0);
		expect_left(&c, rows[i].left);
	}
}

/* Where the processor raises #GP, nothing is dropped. */
static void test_invpcid_refuses(void **state)
{
	static const struct { bool pcide; unsigned type; uint64_t pcid, va; int rc; } rows[] = {
		{ true, 4, MINE, VA, -EINVAL },
		{ true, UINT32_MAX, MINE, VA, -EINVAL },
		{ true, X86_INVPCID_ADDR, 4096, VA, -EINVAL },
		{ true, X86_INVPCID_ALL_GLOBALS, 1u << 20, VA, -EINVAL },
		{ false, X86_INVPCID_ADDR, 1, VA, -EINVAL },
		{ false, X86_INVPCID_SINGLE, 1, VA, -EINVAL },
		{ true, X86_INVPCID_ADDR, 0, UINT64_C(0x800000000000), -EINVAL },
		{ false, X86_INVPCID_ADDR, 0, FAR, 0 },
		{ true, X86_INVPCID_SINGLE, 0, UINT64_C(0x800000000000), 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cpu c = populate("intel");

		assert_int_equal(invpcid(&c, rows[i].pcide, rows[i].type, rows[i].pcid,
					 rows[i].va), rows[i].rc);
		expect_left(&c, everything); /* PCID 0 has nothing here */
	}
	struct cpu c = populate("intel");
	assert_int_equal(invpcid(&c, false, X86_INVPCID_ALL, 1, VA), 0);
	expect_left(&c, "gcm");
}

static void test_mov_cr3(void **state)
{
	struct cpu c = populate("intel");

	x86_mov_cr3(c.tlb, c.psc, true, 0x5000 | MINE);
	expect_left(&c, "gocmqO");
	c = populate("intel");
	x86_mov_cr3(c.tlb, c.psc, true, 0x5000 | THEIRS);
	expect_left(&c, "abgcnmPNF");
	c = populate("intel");
	x86_mov_cr3(c.tlb, c.psc, true, X86_CR3_NOFLUSH | 0x5000 | MINE);
	expect_left(&c, everything);
	c = populate("intel"); /* without PCIDs all is PCID 0, and bits 11:0 are no PCID */
	for (uint32_t i = 0; i < c.tlb->nr; i++)
		c.tlb->entry[i].pcid = 0;
	for (uint32_t i = 0; i < c.psc->nr; i++)
		c.psc->entry[i].pcid = 0;
	x86_mov_cr3(c.tlb, c.psc, false, 0x5000 | MINE);
	assert_int_equal(c.psc->nr, 0);
	assert_int_equal(c.tlb->nr, 3); /* the global ones */
	free(c.tlb);
	free(c.psc);
	assert_int_equal(x86_pcid(false, 0x5000 | MINE), 0);
	assert_int_equal(x86_pcid(true, 0x5000 | MINE), MINE);
}

static void test_mov_cr4(void **state)
{
	static const struct {
		const char *rules;
		uint64_t before, after;
		const char *left;
	} rows[] = {
		{ "intel", 0, X86_CR4_PGE, "" },
		{ "intel", X86_CR4_PGE, 0, "" },
		{ "amd", X86_CR4_PGE, 0, "" },
		{ "intel", X86_CR4_PCIDE, 0, "" },
		{ "amd", X86_CR4_PCIDE, 0, "" },
		{ "intel", 0, X86_CR4_PCIDE, everything },
		{ "intel", 0, X86_CR4_SMEP, "goqO" },
		{ "intel", X86_CR4_SMEP, 0, everything },
		{ "amd", 0, X86_CR4_SMEP, everything },
		{ "amd", 0, X86_CR4_PSE, "" },
		{ "amd", X86_CR4_PSE, 0, "" },
		{ "intel", 0, X86_CR4_PSE, everything },
		{ "amd", 0, X86_CR4_PKE, "" },
		{ "amd", X86_CR4_PKE, 0, everything },
		{ "intel", 0, X86_CR4_PKE, everything },
		{ "intel", 0, X86_CR4_SMAP, everything },
		{ "intel", X86_CR4_PGE | X86_CR4_SMEP, X86_CR4_PGE | X86_CR4_SMEP, everything },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cpu c = populate(rows[i].rules);

		x86_mov_cr4(c.tlb, c.psc, c.rules, MINE, rows[i].before, rows[i].after);
		expect_left(&c, rows[i].left);
	}
}

static void test_fault(void **state)
{
	struct cpu c = populate("intel");

	x86_fault_drops(c.tlb, c.psc, MINE, VA);
	expect_left(&c, "onmqNFO");
	c = populate("amd"); /* without paging-structure caches */
	x86_fault_drops(c.tlb, NULL, THEIRS, VA);
	expect_left(&c, "abnmqPNFO");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_population),
		cmocka_unit_test(test_invlpg),
		cmocka_unit_test(test_invpcid),
		cmocka_unit_test(test_invpcid_refuses),
		cmocka_unit_test(test_mov_cr3),
		cmocka_unit_test(test_mov_cr4),
		cmocka_unit_test(test_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
