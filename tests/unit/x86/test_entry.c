/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of entry fields, the printer and the parser that are made from it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "x86/entry.h"

/* From the manual's formats, not from the table under test. */
static void test_constants(void **state)
{
	assert_int_equal(X86_P, 0x1);
	assert_int_equal(X86_RW, 0x2);
	assert_int_equal(X86_US, 0x4);
	assert_int_equal(X86_PWT, 0x8);
	assert_int_equal(X86_PCD, 0x10);
	assert_int_equal(X86_A, 0x20);
	assert_int_equal(X86_D, 0x40);
	assert_int_equal(X86_PSE, 0x80);
	assert_int_equal(X86_PAT, 0x80);
	assert_int_equal(X86_G, 0x100);
	assert_int_equal(X86_SW1 | X86_SW2 | X86_SW3, 0xe00);
	assert_int_equal(X86_PAT_LARGE, 0x1000);
	assert_true(X86_PFN_MASK == 0x000ffffffffff000);
	assert_true(X86_PMD_FRAME_MASK == 0x000fffffffe00000);
	assert_true(X86_PUD_FRAME_MASK == 0x000fffffc0000000);
	assert_true(X86_LOW_2M == 0x1fe000);
	assert_true(X86_LOW_1G == 0x3fffe000);
	assert_true(X86_SW4 == UINT64_C(1) << 57);
	assert_true(X86_SW5 == UINT64_C(1) << 58);
	assert_true(X86_PKEY == UINT64_C(15) << 59);
	assert_int_equal(X86_PKEY_SHIFT, 59);
	assert_true(X86_NX == UINT64_C(1) << 63);
	for (unsigned level = 1; level <= 3; level++)
		assert_true(x86_leaf_frame_mask(level) ==
			    (level == 1 ? X86_PFN_MASK : level == 2 ? X86_PMD_FRAME_MASK :
								      X86_PUD_FRAME_MASK));
}

/* In each kind of entry every bit has exactly one name, and rows ascend. */
static void test_every_bit_has_one_name(void **state)
{
	size_t count;
	const struct numasim_x86_field *f = numasim_x86_fields(&count);

	for (unsigned kind = 1; kind <= NUMASIM_X86_TABLE; kind <<= 1) {
		uint64_t named = 0;

		for (size_t i = 0; i < count; i++) {
			if (!(f[i].named_in & kind))
				continue;
			assert_true(!(named & f[i].mask));
			named |= f[i].mask;
		}
		assert_true(named == ~UINT64_C(0));
	}
	for (size_t i = 0; i < count; i++) {
		assert_true(f[i].mask >> f[i].last == 1 || f[i].first != f[i].last);
		assert_int_equal(f[i].read_in & ~f[i].named_in, 0);
		assert_true(f[i].text[0] && f[i].word[0] && f[i].name[0]);
		if (i)
			assert_true(f[i].last >= f[i - 1].first);
	}
}

static void test_geometry(void **state)
{
	uint64_t va = UINT64_C(0x00fedcba98765432);

	assert_int_equal(x86_level_shift(X86_PTE), 12);
	assert_int_equal(x86_level_shift(X86_PGD), 48);
	assert_true(x86_level_size(X86_PUD) == UINT64_C(1) << 30);
	assert_int_equal(x86_slot(va, 1), va >> 12 & 511);
	assert_int_equal(x86_slot(va, 5), va >> 48 & 511);
	assert_true(x86_is_leaf(0, X86_PTE));
	assert_false(x86_is_leaf(X86_P, X86_PMD));
	assert_true(x86_is_leaf(X86_PSE, X86_PMD) && x86_is_leaf(X86_PSE, X86_PUD));
	assert_false(x86_is_leaf(X86_PSE, X86_P4D));
	assert_false(x86_is_leaf(X86_PSE, X86_PGD));
}

static const struct {
	uint64_t value;
	unsigned level;
	const char *text;
} printed[] = {
	{ 0, 1, "none" },
	{ 0, 4, "none" },
	{ 0x0000000012345067, 1, "P RW US A D pfn=0x12345" },
	{ 0x0000000012345067, 2, "P RW US A D pfn=0x12345" },
	{ 0x0000000000000001, 1, "P pfn=0x0" },
	{ 0x00000000400000e7, 2, "P RW US A D PSE pfn=0x40000" },
	{ 0x00000000400010e7, 2, "P RW US A D PSE PAT_LARGE pfn=0x40000" },
	{ 0x00000000400020e7, 2, "P RW US A D PSE low=0x2000 pfn=0x40000" },
	{ 0x0000000040200085, 3, "P US PSE low=0x200000 pfn=0x40000" },
	{ 0x0000000012345087, 1, "P RW US PAT pfn=0x12345" },
	{ 0x0000000012345087, 4, "P RW US PSE pfn=0x12345" },
	{ 0x00000000400001e6, 2, "!P RW US A D PSE G pfn=0x40000" },
	{ 0x8000000012345125, 1, "P US A G pfn=0x12345 NX" },
	{ 0x9a00000012345e3d, 1, "P US PWT PCD A SW1 SW2 SW3 pfn=0x12345 SW4 pkey=3 NX" },
	{ 0x0000000000000060, 1, "!P A D" },
	{ 0xffffffffffffffff, 3,
	  "P RW US PWT PCD A D PSE G SW1 SW2 SW3 PAT_LARGE low=0x3fffe000 pfn=0xfffffc0000 "
	  "AV52 AV53 AV54 AV55 AV56 SW4 SW5 pkey=15 NX" },
};

static void test_print(void **state)
{
	char buf[NUMASIM_X86_ENTRY_TEXT];

	for (size_t i = 0; i < sizeof(printed) / sizeof(printed[0]); i++) {
		int len = numasim_x86_print_entry(buf, sizeof(buf), printed[i].value,
						  printed[i].level);

		assert_string_equal(buf, printed[i].text);
		assert_int_equal(len, strlen(printed[i].text));
	}
}

static void test_print_cuts(void **state)
{
	const char *whole = "P RW US A D pfn=0x12345";

	for (size_t n = 0; n <= strlen(whole) + 1; n++) {
		char *buf = malloc(n ? n : 1); /* a byte too many is a sanitizer's */

		assert_int_equal(numasim_x86_print_entry(n ? buf : NULL, n, 0x12345067, 1),
				 strlen(whole));
		if (n) {
			assert_int_equal(strlen(buf), n - 1);
			assert_memory_equal(buf, whole, n - 1);
		}
		free(buf);
	}
}

static void test_print_bad_level(void **state)
{
	char buf[8] = "keep";

	assert_int_equal(numasim_x86_print_entry(buf, sizeof(buf), 1, 0), -EINVAL);
	assert_string_equal(buf, "");
	assert_int_equal(numasim_x86_print_entry(buf, sizeof(buf), 1, 6), -EINVAL);
	assert_int_equal(numasim_x86_print_entry(NULL, 0, 1, 6), -EINVAL);
}

static void round_trip(uint64_t value, unsigned level)
{
	char buf[NUMASIM_X86_ENTRY_TEXT];
	uint64_t back = ~value;
	int len = numasim_x86_print_entry(buf, sizeof(buf), value, level);

	assert_true(len > 0 && len < (int)sizeof(buf));
	assert_int_equal(numasim_x86_parse_entry(&back, buf, level, NULL), 0);
	if (back != value)
		fail_msg("%s at level %u came back as %llx", buf, level, (unsigned long long)back);
}

static void test_round_trip(void **state)
{
	uint64_t x = 88172645463325252u;

	for (unsigned level = 1; level <= 5; level++) {
		for (unsigned a = 0; a < 64; a++)
			for (unsigned b = 0; b < 64; b++)
				round_trip(UINT64_C(1) << a | UINT64_C(1) << b, level);
		round_trip(0, level);
		round_trip(~UINT64_C(0), level);
		for (unsigned i = 0; i < 5000; i++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			round_trip(i & 1 ? x : x & (x >> 5 | x << 11), level);
		}
	}
}

static void test_parse_free_form(void **state)
{
	uint64_t v = 0;

	assert_int_equal(numasim_x86_parse_entry(&v, "  pfn=74565   D A US RW P ", 1, NULL), 0);
	assert_true(v == 0x12345067);
	assert_int_equal(numasim_x86_parse_entry(&v, "pfn=0X40000 PSE P", 2, NULL), 0);
	assert_true(v == 0x40000081);
	assert_int_equal(numasim_x86_parse_entry(&v, "RW", 1, NULL), 0);
	assert_true(v == X86_RW);
	assert_int_equal(numasim_x86_parse_entry(&v, "!P", 1, NULL), 0);
	assert_true(v == 0);
}

static const struct {
	const char *text;
	unsigned level;
	int rc;
	unsigned column;
	const char *says;
} refused[] = {
	{ "", 1, -EINVAL, 1, "no fields; the empty entry is 'none'" },
	{ "   ", 1, -EINVAL, 1, "no fields; the empty entry is 'none'" },
	{ "P RX", 1, -EINVAL, 3, "no such field in this entry: 'RX'" },
	{ "p", 1, -EINVAL, 1, "no such field in this entry: 'p'" },
	{ "P PSE", 1, -EINVAL, 3, "no such field in this entry: 'PSE'" },
	{ "P PAT", 2, -EINVAL, 3, "no such field in this entry: 'PAT'" },
	{ "P PAT_LARGE", 2, -EINVAL, 3, "no such field in this entry: 'PAT_LARGE'" },
	{ "P low=0x2000", 2, -EINVAL, 3, "no such field in this entry: 'low=0x2000'" },
	{ "P RW  RW", 1, -EINVAL, 7, "given twice: 'RW'" },
	{ "pkey=1 pkey=1", 1, -EINVAL, 8, "given twice: 'pkey=1'" },
	{ "!P !P", 1, -EINVAL, 4, "given twice: '!P'" },
	{ "none none", 1, -EINVAL, 6, "given twice: 'none'" },
	{ "P=1", 1, -EINVAL, 1, "a flag has no value, a number needs one: 'P=1'" },
	{ "P pfn", 1, -EINVAL, 3, "a flag has no value, a number needs one: 'pfn'" },
	{ "P pfn=", 1, -EINVAL, 3, "a flag has no value, a number needs one: 'pfn='" },
	{ "P pfn=0x", 1, -EINVAL, 3, "a flag has no value, a number needs one: 'pfn=0x'" },
	{ "P pfn=12g", 1, -EINVAL, 3, "a flag has no value, a number needs one: 'pfn=12g'" },
	{ "P pfn=-1", 1, -EINVAL, 3, "a flag has no value, a number needs one: 'pfn=-1'" },
	{ "P pfn=0x10000000000", 1, -ERANGE, 3,
	  "more than the field can hold: 'pfn=0x10000000000'" },
	{ "P pfn=0x10000000000000000", 1, -ERANGE, 3,
	  "more than the field can hold: 'pfn=0x10000000000000000'" },
	{ "P pfn=0x10000000000001", 1, -ERANGE, 3,
	  "more than the field can hold: 'pfn=0x10000000000001'" },
	{ "P PSE pfn=0x40001", 2, -ERANGE, 7, "more than the field can hold: 'pfn=0x40001'" },
	{ "P PSE pfn=0x40200", 3, -ERANGE, 7, "more than the field can hold: 'pfn=0x40200'" },
	{ "P PSE low=0x1000", 2, -ERANGE, 7, "more than the field can hold: 'low=0x1000'" },
	{ "P pkey=16", 1, -ERANGE, 3, "more than the field can hold: 'pkey=16'" },
	{ "P !P", 1, -EINVAL, 1, "an entry is either P or !P: 'P !P'" },
	{ "none P", 1, -EINVAL, 1, "'none' stands alone: 'none P'" },
	{ "!P none", 1, -EINVAL, 1, "'none' stands alone: '!P none'" },
	{ "P", 0, -EINVAL, 0, "level 0: there are levels 1 (PTE) to 5 (PGD)" },
	{ "P", 6, -EINVAL, 0, "level 6: there are levels 1 (PTE) to 5 (PGD)" },
};

static void test_parse_refuses(void **state)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct numasim_error err = { 0 };
		uint64_t v = 0x5a5a;

		assert_int_equal(numasim_x86_parse_entry(&v, refused[i].text, refused[i].level,
							 &err), refused[i].rc);
		assert_true(v == 0x5a5a);
		assert_string_equal(err.text, refused[i].says);
		assert_int_equal(err.code, refused[i].rc);
		assert_int_equal(err.column, refused[i].column);
		assert_int_equal(numasim_x86_parse_entry(&v, refused[i].text, refused[i].level,
							 NULL), refused[i].rc);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_constants),
		cmocka_unit_test(test_every_bit_has_one_name),
		cmocka_unit_test(test_geometry),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_print_cuts),
		cmocka_unit_test(test_print_bad_level),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_parse_free_form),
		cmocka_unit_test(test_parse_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
