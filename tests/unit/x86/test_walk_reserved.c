/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reserved bits: every bit of every kind of entry, in every mode that matters, against the lists of
 * the manual's entry formats (Intel SDM vol. 3A section 4.5), written down here once more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "tables.h"

#define VA UINT64_C(0x00007f1234567000)

/*
 * One line for each format of a present entry. A range is "first-last"; M stands for MAXPHYADDR, a
 * word behind a range for the condition under which it is reserved.
 */
static const struct format {
	unsigned level;
	bool leaf;
	const char *reserved;
} formats[] = {
	{ 5, false, "7-7 M-51 63-63:!nxe 8-8:amd" },
	{ 4, false, "7-7 M-51 63-63:!nxe 8-8:amd" },
	{ 3, true, "13-29 M-51 63-63:!nxe 7-7:!gb" },
	{ 3, false, "M-51 63-63:!nxe" },
	{ 2, true, "13-20 M-51 63-63:!nxe" },
	{ 2, false, "M-51 63-63:!nxe" },
	{ 1, true, "M-51 63-63:!nxe" },
};

static bool condition_holds(const char *word, const struct x86_mode *m)
{
	if (!strncmp(word, ":!nxe", 5))
		return !m->nxe;
	if (!strncmp(word, ":!gb", 4))
		return !m->gbpages;
	if (!strncmp(word, ":amd", 4))
		return m->table_g_reserved;
	return true;
}

/* Does the manual's line reserve @bit? */
static bool line_reserves(const struct format *f, const struct x86_mode *m, unsigned bit)
{
	for (const char *c = f->reserved; *c; c += strcspn(c, " "), c += *c == ' ') {
		unsigned first, last;

		if (*c == 'M')
			first = m->maxphyaddr, assert_int_equal(sscanf(c, "M-%u", &last), 1);
		else
			assert_int_equal(sscanf(c, "%u-%u", &first, &last), 2);
		if (bit >= first && bit <= last &&
		    condition_holds(c + strcspn(c, ": "), m))
			return true;
	}
	return false;
}

/* Set @bit in the entry of the format's level, walk over it, and see what happens. */
static void try_bit(struct tables *t, const struct x86_mode *m, const struct format *f,
		    unsigned bit)
{
	uint64_t *e = entry_of(t, VA, f->level), was = *e;
	struct x86_access a = { .va = VA, .user = true };
	bool reserved = line_reserves(f, m, bit);
	struct x86_walk w;

	*e |= UINT64_C(1) << bit;
	if (!m->gbpages && f->level == X86_PUD && (*e & X86_PSE))
		reserved = true; /* of an entry that is one already, whatever bit is added */
	assert_int_equal(!!x86_reserved(m, *e, f->level), reserved);
	x86_walk(&w, m, &t->mem, t->cr3, &a);
	if (reserved) {
		assert_int_equal(w.outcome, X86_FAULT);
		assert_int_equal(w.cause, X86_CAUSE_RESERVED);
		assert_int_equal(w.error_code, X86_PF_P | X86_PF_U | X86_PF_RSVD);
		assert_int_equal(w.nr, t->top - f->level + 1);
		assert_true(w.reserved & (line_reserves(f, m, bit) ? UINT64_C(1) << bit : X86_PSE));
		assert_int_equal(w.level, 0);
		assert_true(w.step[w.nr - 1].after == w.step[w.nr - 1].seen);
	} else {
		assert_int_not_equal(w.cause, X86_CAUSE_RESERVED);
	}
	*e &= ~(uint64_t)X86_P; /* of an absent entry nothing is reserved */
	x86_walk(&w, m, &t->mem, t->cr3, &a);
	assert_int_equal(w.cause, X86_CAUSE_ABSENT);
	*e = was;
}

static bool same_format(const struct format *f, unsigned bit)
{
	/* Setting PSE in a PUD or PMD that is a table makes it another format. */
	return !(bit == X86_PSE_SHIFT && !f->leaf && f->level <= X86_PUD);
}

static void one_mode(const struct x86_mode *m)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		const struct format *f = &formats[i];
		unsigned leaf = f->leaf ? f->level : X86_PTE;
		struct tables t;

		if (f->level == X86_PGD && !m->la57)
			continue;
		if (leaf == X86_PUD && !m->gbpages && f->level != X86_PUD)
			continue;
		tables_start(&t, m->la57);
		map(&t, VA, leaf, USER_TABLE);
		for (unsigned bit = 1; bit < 64; bit++)
			if (same_format(f, bit))
				try_bit(&t, m, f, bit);
		tables_end(&t);
	}
}

static void test_every_bit(void **state)
{
	static const uint8_t widths[] = { 32, 36, 46, 51, 52 };

	for (size_t i = 0; i < sizeof(widths); i++)
		for (unsigned bits = 0; bits < 16; bits++) {
			struct x86_mode m = usual_mode();

			m.maxphyaddr = widths[i];
			m.nxe = bits & 1;
			m.gbpages = bits & 2;
			m.la57 = bits & 4;
			m.table_g_reserved = bits & 8 ? 1 << X86_P4D | 1 << X86_PGD : 0;
			one_mode(&m);
		}
}

/* The first entry that has one decides; what stands below it is not read. */
static void test_uppermost_decides(void **state)
{
	struct x86_mode m = usual_mode();
	struct x86_access a = { .va = VA, .user = true };
	struct x86_walk w;
	struct tables t;

	tables_start(&t, false);
	map(&t, VA, X86_PTE, 0);
	*entry_of(&t, VA, X86_PUD) |= UINT64_C(1) << 50;
	x86_walk(&w, &m, &t.mem, t.cr3, &a);
	assert_int_equal(w.error_code, X86_PF_P | X86_PF_U | X86_PF_RSVD);
	assert_int_equal(w.nr, 2);
	*entry_of(&t, VA, X86_P4D) &= ~(uint64_t)X86_P;
	x86_walk(&w, &m, &t.mem, t.cr3, &a);
	assert_int_equal(w.error_code, X86_PF_U);
	assert_int_equal(w.nr, 1);
	tables_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_uppermost_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
