/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers with units, both ways. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "scenario/number.h"

static void expect(const char *text, const struct number_unit *units, uint64_t value)
{
	const char *why = NULL;
	uint64_t parsed = ~value;

	if (number_parse(&parsed, text, strlen(text), units, &why))
		fail_msg("%s: %s", text, why);
	assert_true(parsed == value);
}

static void refuse(const char *text, const struct number_unit *units, int code, const char *starts)
{
	const char *why = NULL;
	uint64_t parsed;

	assert_int_equal(number_parse(&parsed, text, strlen(text), units, &why), code);
	assert_non_null(why);
	if (strncmp(why, starts, strlen(starts)))
		fail_msg("%s: \"%s\" does not start with \"%s\"", text, why, starts);
	assert_non_null(strchr(why, '\n')); /* there is help */
}

static void test_sizes(void **state)
{
	expect("0", number_sizes, 0);
	expect("42", number_sizes, 42);
	expect("0x2a", number_sizes, 42);
	expect("0xFfFfFfFfFfFfFfFf", number_sizes, UINT64_MAX);
	expect("18446744073709551615", number_sizes, UINT64_MAX);
	expect("4K", number_sizes, 4096);
	expect("2M", number_sizes, 2 << 20);
	expect("1G", number_sizes, 1 << 30);
	expect("3T", number_sizes, UINT64_C(3) << 40);
	expect("0x10K", number_sizes, 16384);
	expect("0K", number_sizes, 0);
	expect("16777215T", number_sizes, UINT64_C(16777215) << 40);
}

static void test_times(void **state)
{
	expect("0", number_times, 0);
	expect("10", number_times, 10);
	expect("10ms", number_times, 10);
	expect("10s", number_times, 10000);
	expect("18446744073709551s", number_times, UINT64_C(18446744073709551) * 1000);
}

static void test_refused(void **state)
{
	refuse("18446744073709551616", number_sizes, -ERANGE, "too large");
	refuse("99999999999999999999999999", number_sizes, -ERANGE, "too large");
	refuse("0x10000000000000000", number_sizes, -ERANGE, "too large");
	refuse("16777216T", number_sizes, -ERANGE, "too large");
	refuse("18446744073709552s", number_times, -ERANGE, "too large");
	refuse("", number_sizes, -EINVAL, "not a number");
	refuse("K", number_sizes, -EINVAL, "not a number");
	refuse("0x", number_sizes, -EINVAL, "not a number");
	refuse("0xK", number_sizes, -EINVAL, "not a number");
	refuse("0X10", number_sizes, -EINVAL, "not a number");
	refuse("2k", number_sizes, -EINVAL, "not a number");
	refuse("2KB", number_sizes, -EINVAL, "not a number");
	refuse("2ms", number_sizes, -EINVAL, "not a number");
	refuse("2M", number_times, -EINVAL, "not a time");
	refuse("2us", number_times, -EINVAL, "not a time");
	refuse("-1", number_sizes, -EINVAL, "not a number");
	refuse("1.5", number_sizes, -EINVAL, "not a number");
	refuse("010", number_sizes, -EINVAL, "a number with a leading zero");
	refuse("00", number_sizes, -EINVAL, "a number with a leading zero");
}

/* Only the bytes it was given. */
static void test_length(void **state)
{
	const char *why;
	uint64_t value;

	assert_int_equal(number_parse(&value, "123456", 3, number_sizes, &why), 0);
	assert_true(value == 123);
	assert_int_equal(number_parse(&value, "0x", 1, number_sizes, &why), 0);
	assert_true(value == 0);
}

static void shows(uint64_t value, const struct number_unit *units, const char *expected)
{
	char text[NUMBER_TEXT];

	number_print(text, value, units);
	assert_string_equal(text, expected);
	expect(text, units, value);
}

static void test_print(void **state)
{
	shows(0, number_sizes, "0");
	shows(0, number_times, "0");
	shows(1, number_sizes, "1");
	shows(1023, number_sizes, "1023");
	shows(1024, number_sizes, "1K");
	shows(1025, number_sizes, "1025");
	shows(2 << 20, number_sizes, "2M");
	shows((2 << 20) + 1024, number_sizes, "2049K");
	shows(UINT64_C(1) << 63, number_sizes, "8388608T");
	shows(UINT64_MAX, number_sizes, "18446744073709551615");
	shows(999, number_times, "999");
	shows(1000, number_times, "1s");
	shows(1001, number_times, "1001");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),	cmocka_unit_test(test_times),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_length),
		cmocka_unit_test(test_print),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
