/* SPDX-License-Identifier: BSD-2-Clause */
/* What is a character, and how wide is it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "scenario/utf8.h"

/* Encode by the definition (RFC 3629, section 3), to compare with. */
static unsigned encode(char *text, uint32_t c)
{
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
	unsigned len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (unsigned i = len; i-- > 1; c >>= 6)
		text[i] = 0x80 | (c & 0x3f);
	text[0] = lead[len > 1 ? len : 0] | c;
	return len;
}

static void test_every_character(void **state)
{
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		uint32_t decoded = UINT32_MAX;
		char text[4];
		unsigned len = encode(text, c);

		if (c >= 0xd800 && c <= 0xdfff) {
			assert_int_equal(utf8_decode(&decoded, text, len), 0);
			continue;
		}
		if (utf8_decode(&decoded, text, len) != len || decoded != c)
			fail_msg("U+%04X", c);
		for (unsigned cut = 0; cut < len; cut++)
			if (utf8_decode(&decoded, text, cut))
				fail_msg("U+%04X cut to %u bytes", c, cut);
	}
}

static void test_malformed(void **state)
{
	static const char *const texts[] = {
		"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3(", "\xe0\x80\x80", "\xe0\x9f\xbf",
		"\xed\xa0\x80", "\xe2\x28\xa1", "\xe2\x82(", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xff", "\xfe",
	};
	uint32_t c;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(utf8_decode(&c, texts[i], strlen(texts[i])), 0);
}

static void test_what_is_text(void **state)
{
	for (uint32_t c = 0; c < 0x20; c++)
		assert_int_equal(utf8_is_text(c), c == '\t' || c == '\n');
	assert_true(utf8_is_text(' '));
	assert_true(utf8_is_text('~'));
	for (uint32_t c = 0x7f; c < 0xa0; c++)
		assert_false(utf8_is_text(c));
	assert_true(utf8_is_text(0xa0));
	assert_true(utf8_is_text(0x10ffff));
}

static void test_width(void **state)
{
	assert_int_equal(utf8_width('a'), 1);
	assert_int_equal(utf8_width(0xe9), 1);	  /* e with acute */
	assert_int_equal(utf8_width(0x301), 0);	  /* the acute alone */
	assert_int_equal(utf8_width(0x65e5), 2);  /* CJK */
	assert_int_equal(utf8_width(0xac00), 2);  /* Hangul */
	assert_int_equal(utf8_width(0x1f600), 2); /* a face */
	assert_int_equal(utf8_width(0x20ac), 1);  /* euro */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_character),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_what_is_text),
		cmocka_unit_test(test_width),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
