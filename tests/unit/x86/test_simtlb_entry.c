/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries put in from outside: they come out as they went in, and bad ones stay out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <numasim/tlb.h>

static struct numasim_tlb *tlb;

static int setup(void **state)
{
	struct numasim_tlb_regs regs = {.cr3 = 5, .flags = NUMASIM_TLB_REGS_LINUX};

	assert_int_equal(numasim_tlb_create_preset(&tlb, "intel-golden-cove", NULL), 0);
	return numasim_tlb_set_regs(tlb, &regs, NULL);
}

static int teardown(void **state)
{
	numasim_tlb_destroy(tlb);
	return 0;
}

static void assert_round_trip(const struct numasim_tlb_entry *in)
{
	struct numasim_tlb_entry out;

	assert_int_equal(numasim_tlb_fill(tlb, in, NULL), 0);
	assert_int_equal(numasim_tlb_lookup(&out, tlb, in->va), 1);
	assert_int_equal(out.va, in->va);
	assert_int_equal(out.pa, in->pa);
	assert_int_equal(out.pcid, in->pcid);
	assert_int_equal(out.size, in->size);
	assert_int_equal(out.pkey, in->pkey);
	assert_int_equal(out.writable, in->writable);
	assert_int_equal(out.user, in->user);
	assert_int_equal(out.nx, in->nx);
	assert_int_equal(out.dirty, in->dirty);
	assert_int_equal(out.global, in->global);
	numasim_tlb_flush(tlb, true);
	assert_int_equal(numasim_tlb_lookup(NULL, tlb, in->va), 0);
}

static void test_round_trip(void **state)
{
	static const uint64_t va[] = {0, UINT64_C(0x7fffc0000000), UINT64_C(0xffff800000000000),
				      UINT64_C(0xffffffffc0000000)};

	for (unsigned bits = 0; bits < 1u << 9; bits++)
		for (unsigned size = 0; size < 3; size++) {
			struct numasim_tlb_entry e = {
				.va = va[bits % 4],
				.pa = UINT64_C(0xfffffc0000000),
				.size = (uint8_t)size,
				.pkey = bits >> 5,
				.writable = bits & 1,
				.user = bits >> 1 & 1,
				.nx = bits >> 2 & 1,
				.dirty = bits >> 3 & 1,
				.global = bits >> 4 & 1,
				.pcid = bits >> 4 & 1 ? 0 : 5,
			};
			assert_round_trip(&e);
		}
}

/* The page of the current PCID goes before a global one, small before large. */
static void test_order(void **state)
{
	struct numasim_tlb_entry e = {.pa = 0xc0000000, .size = 2, .global = true}, out;
	static const struct {
		uint8_t size;
		bool global;
	} order[] = {{2, true}, {1, true}, {0, true}, {2, false}, {1, false}, {0, false}};

	for (unsigned i = 0; i < 6; i++) {
		e.size = order[i].size;
		e.global = order[i].global;
		e.pcid = e.global ? 0 : 5;
		assert_int_equal(numasim_tlb_fill(tlb, &e, NULL), 0);
		assert_int_equal(numasim_tlb_lookup(&out, tlb, 0x123), 1);
		assert_int_equal(out.size, order[i].size);
		assert_int_equal(out.global, order[i].global);
	}
}

static int count(const struct numasim_tlb_entry *entry, int level, void *payload)
{
	return ++*(int *)payload == 3 ? 77 : 0;
}

/* A second fill of the same page replaces the first; foreach stops when told. */
static void test_replace(void **state)
{
	struct numasim_tlb_entry e = {.va = 0x5000, .pa = 0x6000, .pcid = 5}, out;
	struct numasim_tlb_counters c;
	int n = 0;

	assert_int_equal(numasim_tlb_fill(tlb, &e, NULL), 0);
	e.pa = 0x7000;
	assert_int_equal(numasim_tlb_fill(tlb, &e, NULL), 0);
	assert_int_equal(numasim_tlb_foreach(tlb, count, &n), 0);
	assert_int_equal(n, 2); /* one in each level */
	numasim_tlb_lookup(&out, tlb, 0x5000);
	assert_int_equal(out.pa, 0x7000);
	e.va = 0x8000;
	assert_int_equal(numasim_tlb_fill(tlb, &e, NULL), 0);
	n = 0;
	assert_int_equal(numasim_tlb_foreach(tlb, count, &n), 77);
	assert_int_equal(n, 3);
	numasim_tlb_get_counters(&c, tlb);
	assert_int_equal(c.accesses + c.evictions[0][0] + c.evictions[1][0], 0);
}

static void test_bad(void **state)
{
	static const struct {
		struct numasim_tlb_entry e;
		const char *text;
	} bad[] = {
		{{.size = 3}, "page size 3; 0 is 4K, 1 is 2M, 2 is 1G"},
		{{.va = 1}, "va 0x1 and pa 0x0 are not both multiples of the page size 0x1000"},
		{{.pa = 0x1000, .size = 1},
		 "va 0x0 and pa 0x1000 are not both multiples of the page size 0x200000"},
		{{.va = 0x200000, .size = 2},
		 "va 0x200000 and pa 0x0 are not both multiples of the page size 0x40000000"},
		{{.va = UINT64_C(0x800000000000)}, "va 0x800000000000 is not canonical"},
		{{.pa = UINT64_C(0x10000000000000)}, "pa 0x10000000000000 has more than 52 bits"},
		{{.pcid = 4096}, "pcid 4096; 0 to 4095, and 0 if global"},
		{{.pcid = 1, .global = true}, "pcid 1; 0 to 4095, and 0 if global"},
		{{.pkey = 16}, "protection key 16; 0 to 15"},
	};
	struct numasim_error err;
	int n = 0;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(numasim_tlb_fill(tlb, &bad[i].e, &err), -EINVAL);
		assert_string_equal(err.text, bad[i].text);
		assert_int_equal(numasim_tlb_fill(tlb, &bad[i].e, NULL), -EINVAL);
	}
	numasim_tlb_foreach(tlb, count, &n);
	assert_int_equal(n, 0);
	assert_int_equal(numasim_tlb_lookup(NULL, tlb, UINT64_C(1) << 47), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_round_trip, setup, teardown),
		cmocka_unit_test_setup_teardown(test_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_replace, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
