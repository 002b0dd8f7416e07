/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors: a code, a place, a text; a NULL error is fine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/error.h"

static void test_set(void **state)
{
	struct numasim_error err = {.line = 9, .column = 9};

	assert_int_equal(error_set(&err, -EINVAL, "no %s before %d", "noon", 12), -EINVAL);
	assert_int_equal(err.code, -EINVAL);
	assert_int_equal(err.line, 0);
	assert_int_equal(err.column, 0);
	assert_string_equal(err.text, "no noon before 12");
	assert_int_equal(error_at(&err, -ENOENT, 3, 14, "gone"), -ENOENT);
	assert_int_equal(err.code, -ENOENT);
	assert_int_equal(err.line, 3);
	assert_int_equal(err.column, 14);
	assert_string_equal(err.text, "gone");
}

static void test_nobody_listens(void **state)
{
	assert_int_equal(error_set(NULL, -ENOMEM, "%d", 1), -ENOMEM);
	assert_int_equal(error_at(NULL, -EINVAL, 1, 2, "%d", 1), -EINVAL);
}

static void test_long_texts_are_cut(void **state)
{
	struct {
		struct numasim_error err;
		char behind[16];
	} box;
	char text[2 * NUMASIM_ERROR_TEXT];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	memset(box.behind, 'y', sizeof(box.behind));
	error_set(&box.err, -EINVAL, "%s", text);
	assert_int_equal(strlen(box.err.text), NUMASIM_ERROR_TEXT - 1);
	for (size_t i = 0; i < sizeof(box.behind); i++)
		assert_int_equal(box.behind[i], 'y');
}

static void test_strerror(void **state)
{
	assert_string_equal(numasim_strerror(-ENOENT), "No such file or directory");
	assert_string_equal(numasim_strerror(ENOENT), "No such file or directory");
	assert_string_equal(numasim_strerror(0), "Success");
	assert_string_equal(numasim_strerror(-99999), "unknown error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_nobody_listens),
		cmocka_unit_test(test_long_texts_are_cut),
		cmocka_unit_test(test_strerror),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
