/* SPDX-License-Identifier: BSD-2-Clause */
/* Did you mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "scenario/suggest.h"

static void test_distance(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned distance;
	} rows[] = {
		{"", "", 0},
		{"", "abc", 3},
		{"reader", "reader", 0},
		{"reader", "READER", 0},  /* case does not count */
		{"raeder", "reader", 1},  /* neighbours swapped */
		{"ab", "ba", 1},
		{"reder", "reader", 1},	  /* one left out */
		{"readder", "reader", 1}, /* one too many */
		{"roader", "reader", 1},  /* one other */
		{"kitten", "sitting", 3},
		{"abcd", "dcba", 3},	  /* the middle swapped, both ends changed */
		{"ca", "abc", 3},	  /* restricted: a swapped pair is not touched again */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(suggest_distance(rows[i].a, rows[i].b), rows[i].distance);
		assert_int_equal(suggest_distance(rows[i].b, rows[i].a), rows[i].distance);
	}
}

static void test_long_words(void **state)
{
	char word[80];

	memset(word, 'a', sizeof(word));
	word[64] = '\0';
	assert_int_equal(suggest_distance(word, word), 0);
	assert_int_equal(suggest_distance(word, ""), 64);
	memset(word, 'a', sizeof(word));
	word[65] = '\0';
	assert_true(suggest_distance(word, "a") > 64);
	assert_true(suggest_distance("a", word) > 64);
}

static const char *best(const char *word, const char *const *words)
{
	struct suggest suggest = SUGGEST(word);

	suggest_offer_list(&suggest, words);
	return suggest.best;
}

static void test_best(void **state)
{
	static const char *const words[] = {"reader", "writer", "x", "io", "scanner", NULL};

	assert_string_equal(best("Reader", words), "reader");
	assert_string_equal(best("riter", words), "writer");
	assert_string_equal(best("scaner", words), "scanner");
	assert_string_equal(best("X", words), "x");
	assert_string_equal(best("oi", words), "io");
	assert_null(best("y", words)); /* one letter for another is no likeness */
	assert_null(best("balloon", words));
	assert_null(best("", words));
	assert_null(best("reader", (const char *const[]){NULL}));
}

static void test_first_of_equals(void **state)
{
	static const char *const words[] = {"bat", "rat", "cat", NULL};

	assert_string_equal(best("mat", words), "bat");
	assert_string_equal(best("cat", words), "cat");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_long_words),
		cmocka_unit_test(test_best),
		cmocka_unit_test(test_first_of_equals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
