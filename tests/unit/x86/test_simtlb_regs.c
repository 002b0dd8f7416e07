/* SPDX-License-Identifier: BSD-2-Clause */
/* The registers: bad ones are refused whole, and a change counts for what is cached already. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "test_simtlb_world.h"
#include "x86/simtlb.h"

#define VA UINT64_C(0x7f0000000000)
#define U  (TEST_P | TEST_RW | TEST_US | TEST_A)

static void assert_same_regs(const struct numasim_tlb_regs *a, const struct numasim_tlb_regs *b)
{
	assert_int_equal(a->cr3, b->cr3);
	assert_int_equal(a->flags, b->flags);
	assert_int_equal(a->pkru, b->pkru);
	assert_int_equal(a->phys_bits, b->phys_bits);
}

static void test_bad(void **state)
{
	static const struct {
		struct numasim_tlb_regs regs;
		const char *text;
	} bad[] = {
		{{.flags = 1u << 10}, "unknown register flags 0x400; known are 0x3ff"},
		{{.flags = ~0u}, "unknown register flags 0xfffffc00; known are 0x3ff"},
		{{.phys_bits = 31},
		 "physical addresses of 31 bits; 32 to 52 are possible, 0 means 52"},
		{{.phys_bits = 53},
		 "physical addresses of 53 bits; 32 to 52 are possible, 0 means 52"},
		{{.cr3 = UINT64_C(1) << 52},
		 "CR3 is 0x10000000000000, but physical addresses have 52 bits"},
		{{.cr3 = UINT64_C(1) << 40, .phys_bits = 40},
		 "CR3 is 0x10000000000, but physical addresses have 40 bits"},
	};
	struct numasim_tlb_regs good = {.cr3 = 0x5007, .flags = 2, .pkru = 9, .phys_bits = 46}, got;
	struct numasim_error err;
	struct numasim_tlb *tlb;

	assert_int_equal(numasim_tlb_create_preset(&tlb, "amd-zen4", NULL), 0);
	assert_int_equal(numasim_tlb_set_regs(tlb, &good, NULL), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(numasim_tlb_set_regs(tlb, &bad[i].regs, &err), -EINVAL);
		assert_string_equal(err.text, bad[i].text);
		numasim_tlb_get_regs(&got, tlb);
		assert_same_regs(&got, &good);
	}
	assert_int_equal(numasim_tlb_write_cr3(tlb, UINT64_C(1) << 46, &err), -EINVAL);
	assert_string_equal(err.text, "CR3 is 0x400000000000, but physical addresses have 46 bits");
	numasim_tlb_get_regs(&got, tlb);
	assert_same_regs(&got, &good);
	assert_int_equal(numasim_tlb_write_cr3(tlb, 0x9003 | NUMASIM_TLB_CR3_NOFLUSH, &err), 0);
	numasim_tlb_get_regs(&got, tlb);
	assert_int_equal(got.cr3, 0x9003);
	numasim_tlb_destroy(tlb);
}

struct fixture {
	struct world w;
	struct numasim_tlb *tlb;
	struct numasim_tlb_regs regs;
};

static void start(struct fixture *f, uint64_t leaf)
{
	world_init(&f->w, 4, 1);
	world_map(&f->w, 0, VA, 0, leaf, U);
	f->regs = (struct numasim_tlb_regs){.cr3 = f->w.root[0], .flags = NUMASIM_TLB_REGS_LINUX};
	assert_int_equal(numasim_tlb_create_preset(&f->tlb, "intel-golden-cove", NULL), 0);
	numasim_tlb_set_memory(f->tlb, f->w.gib[0], WORLD_GIB);
}

static int go(struct fixture *f, unsigned kind)
{
	uint8_t how;

	assert_int_equal(numasim_tlb_set_regs(f->tlb, &f->regs, NULL), 0);
	return numasim_tlb_access(NULL, &how, f->tlb, VA, kind, NULL) ? -1 : how;
}

static void stop(struct fixture *f)
{
	numasim_tlb_destroy(f->tlb);
	world_free(&f->w);
}

/* CR4.SMAP, EFLAGS.AC, CR4.SMEP and CR0.WP act on what is cached, with no flush. */
static void test_cached_rights(void **state)
{
	const unsigned sup = NUMASIM_TLB_SUPERVISOR;
	struct fixture f;

	start(&f, 0x5000 | (U & ~TEST_RW) | TEST_D);
	assert_int_equal(go(&f, NUMASIM_TLB_READ), NUMASIM_TLB_HOW(3, 0));
	assert_int_equal(go(&f, NUMASIM_TLB_READ), NUMASIM_TLB_HOW(1, 0));
	f.regs.flags |= NUMASIM_TLB_AC;
	assert_int_equal(go(&f, sup | NUMASIM_TLB_READ), NUMASIM_TLB_HOW(1, 0));
	assert_int_equal(go(&f, sup | NUMASIM_TLB_WRITE), -1);
	assert_int_equal(go(&f, NUMASIM_TLB_READ), NUMASIM_TLB_HOW(3, 0));
	f.regs.flags &= ~(uint32_t)NUMASIM_TLB_WP;
	assert_int_equal(go(&f, sup | NUMASIM_TLB_WRITE), NUMASIM_TLB_HOW(1, 0));
	f.regs.flags &= ~(uint32_t)NUMASIM_TLB_AC;
	assert_int_equal(go(&f, sup | NUMASIM_TLB_READ), -1);
	f.regs.flags &= ~(uint32_t)NUMASIM_TLB_SMEP;
	assert_int_equal(go(&f, NUMASIM_TLB_READ), NUMASIM_TLB_HOW(3, 0));
	assert_int_equal(go(&f, sup | NUMASIM_TLB_FETCH), NUMASIM_TLB_HOW(1, 0));
	f.regs.flags |= NUMASIM_TLB_SMEP;
	assert_int_equal(go(&f, sup | NUMASIM_TLB_FETCH), -1);
	stop(&f);
}

/* PKRU acts on cached entries of its keys: 5 here, and 0. */
static void test_cached_keys(void **state)
{
	for (unsigned key = 0; key <= 5; key += 5) {
		struct fixture f;

		start(&f, 0x5000 | U | TEST_D | (uint64_t)key << 59);
		f.regs.flags |= NUMASIM_TLB_PKE;
		assert_int_equal(go(&f, NUMASIM_TLB_WRITE), NUMASIM_TLB_HOW(3, 0));
		f.regs.pkru = 2u << 2 * key;
		assert_int_equal(go(&f, NUMASIM_TLB_READ), NUMASIM_TLB_HOW(1, 0));
		assert_int_equal(go(&f, NUMASIM_TLB_WRITE), -1);
		f.regs.pkru = 0;
		assert_int_equal(go(&f, NUMASIM_TLB_WRITE), NUMASIM_TLB_HOW(3, 0));
		f.regs.pkru = 1u << 2 * key;
		assert_int_equal(go(&f, NUMASIM_TLB_FETCH), NUMASIM_TLB_HOW(1, 0));
		assert_int_equal(go(&f, NUMASIM_TLB_READ), -1);
		f.regs.pkru = ~(3u << 2 * key); /* all keys but this one */
		assert_int_equal(go(&f, NUMASIM_TLB_WRITE), NUMASIM_TLB_HOW(3, 0));
		assert_int_equal(go(&f, NUMASIM_TLB_WRITE), NUMASIM_TLB_HOW(1, 0));
		stop(&f);
	}
}

/* PCIDs: a translation of one is not seen under another, unless it is global. */
static void test_pcid(void **state)
{
	for (unsigned global = 0; global < 2; global++) {
		struct fixture f;

		start(&f, 0x5000 | U | (global ? TEST_G : 0));
		f.regs.cr3 |= 7;
		assert_int_equal(go(&f, NUMASIM_TLB_READ), NUMASIM_TLB_HOW(3, 0));
		f.regs.cr3 ^= 1;
		assert_int_equal(go(&f, NUMASIM_TLB_READ), NUMASIM_TLB_HOW(global ? 1 : 3, 0));
		f.regs.cr3 ^= 1;
		assert_int_equal(go(&f, NUMASIM_TLB_READ), NUMASIM_TLB_HOW(1, 0));
		stop(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_cached_rights),
		cmocka_unit_test(test_cached_keys),
		cmocka_unit_test(test_pcid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
