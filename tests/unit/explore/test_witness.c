/* SPDX-License-Identifier: BSD-2-Clause */
/* The reader of witness files against files that are none, and the printer against bad heads. */
#include "witness_world.h"

#include "explore/witness.h"

/* A small file: the reader knows nothing of scenarios, machines and labels. */
static const char upper[] =
	"release v3.13\n"
	"with one row\n"
	"without another\n"
	"topology numa:2\n"
	"oracle oops\n"
	"oracle deadlock\n"
	"kernel v3.13+row\n"
	"machine 0123456789abcdef0123456789abcdef\n"
	"scenario a file.nsim\n"
	"|first\n"
	"|\n"
	"||third\n";
static const char lower[] =
	"steps 2\n"
	"a lock some lock of two words\n"
	"a/walker@17 fill TLB of CPU 3\n"
	"violation deadlock\n"
	"nobody can move: it is so\n"
	"end\n";

static char *file_of(const char *head, const char *tail)
{
	char hash[WITNESS_HASH], *text;

	witness_hash(hash, head, strlen(head));
	assert_true(asprintf(&text, "numasim witness 1\nhash %s\n%s%s", hash, head, tail) > 0);
	return text;
}

static void test_reads_everything(void **state)
{
	char *text = file_of(upper, lower);
	struct numasim_error err = {0};
	struct witness *w;

	if (witness_read(&w, text, strlen(text), "w", &err))
		fail_msg("%s", err.text);
	free(text); /* the reader keeps a copy */
	assert_string_equal(w->head.release, "v3.13");
	assert_int_equal(w->head.nr_with, 1);
	assert_string_equal(w->head.with[0], "one row");
	assert_int_equal(w->head.nr_without, 1);
	assert_string_equal(w->head.without[0], "another");
	assert_string_equal(w->head.topology, "numa:2");
	assert_int_equal(w->head.oracles, 1 << ORACLE_OOPS | 1 << ORACLE_DEADLOCK);
	assert_string_equal(w->head.kernel, "v3.13+row");
	assert_string_equal(w->head.machine, "0123456789abcdef0123456789abcdef");
	assert_string_equal(w->head.scenario_name, "a file.nsim");
	assert_int_equal(w->head.scenario_len, strlen("first\n\n|third\n"));
	assert_memory_equal(w->head.scenario, "first\n\n|third\n", w->head.scenario_len);
	assert_int_equal(w->nr_steps, 2);
	assert_string_equal(w->step[0].actor, "a");
	assert_string_equal(w->step[0].kind, "lock");
	assert_string_equal(w->step[0].object, "some lock of two words");
	assert_int_equal(w->step[0].alternative, 0);
	assert_string_equal(w->step[1].actor, "a/walker");
	assert_int_equal(w->step[1].alternative, 17);
	assert_int_equal(w->first_line, 16);
	assert_int_equal(w->oracle, ORACLE_DEADLOCK);
	assert_string_equal(w->sentence, "nobody can move: it is so");
	witness_free(w);
	witness_free(NULL);
}

static void test_no_options(void **state)
{
	char *text = file_of("kernel v3.13\nmachine 0123456789abcdef0123456789abcdef\n"
			     "scenario s\n|x\n", lower);
	struct numasim_error err = {0};
	struct witness *w;

	assert_int_equal(witness_read(&w, text, strlen(text), "w", &err), 0);
	assert_null(w->head.release);
	assert_null(w->head.topology);
	assert_int_equal(w->head.oracles, ORACLE_ALL);
	witness_free(w);
	free(text);
}

static void expect_bad(const char *text, size_t len, unsigned line, const char *message)
{
	struct witness *w = NULL;
	struct numasim_error err = {0};
	int ret = witness_read(&w, text, len, "w", &err);

	if (ret != -EINVAL || err.line != line || !strstr(err.text, message))
		fail_msg("%d, line %u instead of %u, wanted \"%s\": %s", ret, err.line, line,
			 message, err.text);
	assert_null(w);
}

/* Cut anywhere, it is no witness; and the text says at which line. */
static void test_cut_off(void **state)
{
	char *text = file_of(upper, lower);
	size_t len = strlen(text);

	for (size_t cut = 0; cut < len - 1; cut++) {
		char *exact = malloc(cut + 1); /* so that a sanitizer sees a read behind it */
		struct numasim_error err = {0};
		struct witness *w = NULL;

		memcpy(exact, text, cut);
		assert_int_equal(witness_read(&w, exact, cut, "w", &err), -EINVAL);
		assert_null(w);
		assert_true(err.line >= 1 && err.line <= 20);
		free(exact);
	}
	free(text);
}

/* Every byte of the hashed half counts. */
static void test_every_byte_is_hashed(void **state)
{
	char *text = file_of(upper, lower);
	const size_t start = strlen(text) - strlen(lower) - strlen(upper);

	for (size_t i = start; i < start + strlen(upper) - 1; i++) {
		char was = text[i];

		text[i] = was == 'q' ? 'r' : 'q';
		expect_bad(text, strlen(text), 2, "the hash is not that of the scenario");
		text[i] = was;
	}
	free(text);
}

static void test_bad_lower(void **state)
{
	static const struct {
		const char *lower;
		unsigned line;
		const char *message;
	} bad[] = {
		{"steps\n", 15, "`steps ...`"},
		{"steps two\n", 15, "no number"},
		{"steps 99999999999999999999\n", 15, "no number, or too large"},
		{"steps 20000\n", 15, "too large"},
		{"steps -1\n", 15, "no number"},
		{"steps 2\na b c\n", 17, "ends before its last step"},
		{"steps 1\na\n", 16, "no step"},
		{"steps 1\na lock\n", 16, "no step"},
		{"steps 1\na lock \n", 16, "no step"},
		{"steps 1\n lock x\n", 16, "no step"},
		{"steps 1\na  x\n", 16, "no step"},
		{"steps 1\na@ lock x\n", 16, "no number"},
		{"steps 1\na@65536 lock x\n", 16, "too large"},
		{"steps 1\na@1x lock x\n", 16, "no number"},
		{"steps 1\na b c\nd e f\nend\n", 17, "`violation ...`"},
		{"steps 0\nviolation bad-luck\nx\nend\n", 16, "no such oracle"},
		{"steps 0\nviolation oops\n\nend\n", 17, "the sentence"},
		{"steps 0\nviolation oops\n", 17, "the sentence"},
		{"steps 0\nviolation oops\nx\n", 18, "`end`"},
		{"steps 0\nviolation oops\nx\nend\nmore\n", 18, "nothing behind it"},
		{"steps 0\nviolation oops\nx\nend\n\n", 18, "nothing behind it"},
		{"more\nsteps 0\n", 15, "`steps ...`"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		/* what stands between the scenario and the steps is hashed, too */
		bool above = !strncmp(bad[i].lower, "more", 4);
		char head[512], *text;

		snprintf(head, sizeof(head), "%s%s", upper, above ? "more\n" : "");
		text = file_of(head, bad[i].lower + (above ? 5 : 0));
		expect_bad(text, strlen(text), bad[i].line, bad[i].message);
		free(text);
	}
}

static void test_bad_upper(void **state)
{
#define REST "kernel k\nmachine 0123456789abcdef0123456789abcdef\nscenario s\n|x\n"
	static const struct {
		const char *upper;
		unsigned line;
		const char *message;
	} bad[] = {
		{"oracle bad-luck\n" REST, 3, "no such oracle"},
		{"release \n" REST, 3, "no value"},
		{"wish x\n" REST, 3, "`kernel ...`"},
		{"kernel k\nscenario s\n|x\n", 4, "`machine ...`"},
		{"kernel k\nmachine 0123\nscenario s\n|x\n", 4, "no hash"},
		{"kernel k\nmachine 0123456789abcdef0123456789abcdef\n|x\n", 5, "`scenario ...`"},
		{"kernel k\nmachine 0123456789abcdef0123456789abcdef\nscenario s\n", 5,
		 "text is missing"},
		{"kernel k\nmachine 0123456789abcdef0123456789abcdef\nscenario s\n"
		 "\\ no line feed at the end\n", 5, "text is missing"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char *text = file_of(bad[i].upper, lower);

		expect_bad(text, strlen(text), bad[i].line, bad[i].message);
		free(text);
	}
}

static void test_bad_start(void **state)
{
	expect_bad("", 0, 1, "`numasim witness ...`");
	expect_bad("NUMASIM race\n", 13, 1, "`numasim witness ...`");
	expect_bad("numasim witness 2\n", 18, 1, "reads version 1");
	expect_bad("numasim witness 1\nhash 12\n", 26, 2, "no hash");
	expect_bad("numasim witness 1\nsteps 0\n", 26, 2, "`hash ...`");
	expect_bad("numasim\0witness", 15, 0, "not a text file");
}

static void test_too_many_and_too_long(void **state)
{
	char *many = calloc(1, 4096), *line = malloc(WITNESS_MAX_LINE + 1), *text;
	struct numasim_error err = {0};
	struct witness *w = NULL;

	for (int i = 0; i < WITNESS_MAX_ROWS + 1; i++)
		strcat(many, "with x\n");
	text = file_of(many, lower);
	expect_bad(text, strlen(text), 3 + WITNESS_MAX_ROWS, "too many rows");
	free(text);
	memset(line, 'x', WITNESS_MAX_LINE);
	line[WITNESS_MAX_LINE] = '\0';
	snprintf(many, 4096, "release %s\n", line);
	text = file_of(many, lower);
	expect_bad(text, strlen(text), 3, "too long");
	free(text);
	snprintf(many, 4096, "steps 1\na b %s\n", line);
	text = file_of(upper, many);
	expect_bad(text, strlen(text), 16, "too long");
	free(text);
	free(many);
	free(line);

	text = calloc(1, WITNESS_MAX_BYTES + 1);
	assert_int_equal(witness_read(&w, text, WITNESS_MAX_BYTES + 1, "w", &err), -EFBIG);
	free(text);
}

/* What could not be read back is not written. */
static void test_printer_refuses(void **state)
{
	static const char *const odd[] = {"", "a\nb", "\t", " a", "a ", "\x7f"};
	struct record record = {.violation = {.found = true, .text = "x"}};
	const struct witness_head good = {.scenario_name = "s",
					  .scenario = "x\n",
					  .scenario_len = 2,
					  .kernel = "k",
					  .oracles = ORACLE_ALL};
	struct numasim_error err;
	char *text = NULL;

	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		struct witness_head head[5] = {good, good, good, good, good};

		head[0].release = odd[i];
		head[1].topology = odd[i];
		head[2].scenario_name = odd[i];
		head[3].with = &odd[i];
		head[3].nr_with = 1;
		head[4].without = &odd[i];
		head[4].nr_without = 1;
		for (int k = 0; k < 5; k++)
			assert_int_equal(witness_print(&text, &head[k], &record, &err), -EINVAL);
	}
	assert_null(text);
	assert_int_equal(witness_print(&text, &good, &record, &err), 0);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_everything),
		cmocka_unit_test(test_no_options),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_every_byte_is_hashed),
		cmocka_unit_test(test_bad_lower),
		cmocka_unit_test(test_bad_upper),
		cmocka_unit_test(test_bad_start),
		cmocka_unit_test(test_too_many_and_too_long),
		cmocka_unit_test(test_printer_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
