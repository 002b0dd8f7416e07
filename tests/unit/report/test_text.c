/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports of results made by hand: for people, and as JSON. */
#include "report_world.h"

#include "report/json.h"

#include <numasim/report.h>

static void expect_text(const struct hand *h, const char *expected)
{
	char *text;

	assert_int_equal(numasim_report_text(&text, &h->result), 0);
	assert_string_equal(text, expected);
	free(text);
}

static void expect_json(const struct hand *h, const char *expected)
{
	char *text;

	assert_int_equal(numasim_report_json(&text, &h->result), 0);
	assert_string_equal(text, expected);
	free(text);
}

/* What is not BROKEN has no witness. */
static void no_witness(struct hand *h, enum numasim_verdict verdict)
{
	h->result.record = NULL;
	h->result.info.verdict = verdict;
	h->result.info.oracle = h->result.info.sentence = NULL;
	h->result.info.nr_columns = h->result.info.nr_steps = 0;
}

#define HEAD "by-hand\nA title\nkernel:  v3.13\nmachine: numa:2: 2 nodes, 2 CPUs\n"

static void test_broken(void **state)
{
	struct hand h;

	hand_init(&h);
	hand_step(&h, 0, "left", "go")->preempts = true;
	hand_step(&h, 1, "right", "hidden")->shown = false;
	h.result.info.preemptions = 1;
	h.result.info.observes = 1;
	h.result.info.positive = 3;
	h.result.info.negative = 61;
	expect_text(&h, HEAD "\n"
		    "step  left           right\n"
		    "      CPU 0, node 0  CPU 12, node 3\n"
		    "   1* go\n"
		    "\n"
		    "oops: it went wrong.\n"
		    "1 preemption (*); 1 of 2 steps shown.\n"
		    "10 states, 20 transitions: every order up to where it breaks\n"
		    "Observation by-hand Sometimes 3 61\n");
	/* a replay says the same, but for what a search counts */
	h.result.info.replayed = 1;
	expect_text(&h, HEAD "\n"
		    "step  left           right\n"
		    "      CPU 0, node 0  CPU 12, node 3\n"
		    "   1* go\n"
		    "\n"
		    "oops: it went wrong.\n"
		    "1 preemption (*); 1 of 2 steps shown.\n");
}

static void test_holds(void **state)
{
	struct hand h;

	hand_init(&h);
	no_witness(&h, NUMASIM_VERDICT_HOLDS);
	h.result.info.note = "adds what it needs";
	h.result.info.oracles = "oops lost-write";
	h.result.info.observes = 1;
	h.result.info.positive = 4;
	expect_text(&h, "by-hand\nA title\nkernel:  v3.13\n         (adds what it needs)\n"
		    "machine: numa:2: 2 nodes, 2 CPUs\noracles: only oops lost-write\n\n"
		    "holds in every order: 10 states, 20 transitions, complete graph\n"
		    "Observation by-hand Always 4 0\n");
	h.result.info.positive = 0;
	h.result.info.negative = 2;
	h.result.info.oracles = h.result.info.note = "";
	h.result.info.engine = NUMASIM_ENGINE_TREE;
	h.result.info.schedules = 7;
	h.result.info.classes = 6;
	h.result.info.blocked = 5;
	expect_text(&h, HEAD "\nholds in every order: 7 orders in 6 classes, 20 steps taken, "
		    "5 orders ruled out, complete tree\nObservation by-hand Never 0 2\n");
}

/* Counts of part of the states are not passed off as herd's line. */
static void test_undecided(void **state)
{
	struct hand h;

	hand_init(&h);
	no_witness(&h, NUMASIM_VERDICT_UNDECIDED);
	h.result.info.undecided = "the budget of states is used up";
	h.result.info.partial = 1;
	h.result.info.observes = 1;
	h.result.info.positive = 4;
	expect_text(&h, HEAD "\nundecided: the budget of states is used up\n"
		    "10 states, 20 transitions\n");
}

static void test_json(void **state)
{
	struct hand h;

	hand_init(&h);
	hand_step(&h, 1, "right/walker", "say \"x\"")->choice.alternative = 17;
	strcpy(h.column[0].before, "TLB");
	h.result.info.oracles = "oops condition";
	h.result.info.preemptions = 1;
	expect_json(&h, "{\n  \"scenario\": \"by-hand\",\n  \"title\": \"A title\",\n"
		    "  \"kernel\": \"v3.13\",\n  \"note\": \"\",\n"
		    "  \"machine\": \"numa:2: 2 nodes, 2 CPUs\",\n"
		    "  \"oracles\": [\"oops\", \"condition\"],\n"
		    "  \"verdict\": \"broken\",\n  \"oracle\": \"oops\",\n"
		    "  \"sentence\": \"it went wrong\",\n  \"undecided\": null,\n"
		    "  \"engine\": \"graph\",\n  \"bound\": null,\n  \"states\": 10,\n"
		    "  \"transitions\": 20,\n  \"ruled_out\": 0,\n  \"complete\": true,\n"
		    "  \"preemptions\": 1,\n"
		    "  \"fewest\": true,\n"
		    "  \"columns\": [\n"
		    "    {\"name\": \"left\", \"cpu\": 0, \"node\": 0, \"start\": \"TLB\"},\n"
		    "    {\"name\": \"right\", \"cpu\": 12, \"node\": 3, \"start\": \"\"}],\n"
		    "  \"steps\": [\n"
		    "    {\"number\": 1, \"column\": 1, \"actor\": \"right/walker\", "
		    "\"alternative\": 17, \"kind\": \"lock\", \"object\": \"a lock\", "
		    "\"text\": \"say \\\"x\\\"\", \"preempts\": false, \"relevant\": true, "
		    "\"shown\": true}]\n}\n");
}

static void test_json_of_a_tree(void **state)
{
	struct hand h;

	hand_init(&h);
	no_witness(&h, NUMASIM_VERDICT_UNDECIDED);
	h.result.info.undecided = "why";
	h.result.info.partial = 1;
	h.result.info.engine = NUMASIM_ENGINE_TREE_MERGED;
	h.result.info.bound = 3;
	h.result.info.schedules = 7;
	h.result.info.observes = 1;
	expect_json(
		&h,
		"{\n  \"scenario\": \"by-hand\",\n  \"title\": \"A title\",\n"
		"  \"kernel\": \"v3.13\",\n  \"note\": \"\",\n"
		"  \"machine\": \"numa:2: 2 nodes, 2 CPUs\",\n  \"oracles\": [],\n"
		"  \"verdict\": \"undecided\",\n  \"oracle\": null,\n  \"sentence\": null,\n"
		"  \"undecided\": \"why\",\n  \"engine\": \"tree-merged\",\n  \"bound\": 3,\n"
		"  \"orders\": 7,\n  \"classes\": 0,\n  \"transitions\": 20,\n"
		"  \"ruled_out\": 0,\n  \"complete\": false,\n"
		"  \"observation\": {\"word\": \"Never\", \"positive\": 0, \"negative\": 0}\n}\n");
}

static void expect_escaped(const char *text, const char *expected)
{
	char *buffer = NULL;
	size_t size;
	FILE *out = open_memstream(&buffer, &size);

	assert_non_null(out);
	json_string(out, text);
	fclose(out);
	assert_string_equal(buffer, expected);
	free(buffer);
}

static void test_escapes(void **state)
{
	expect_escaped("", "\"\"");
	expect_escaped("a\"b\\c", "\"a\\\"b\\\\c\"");
	expect_escaped("\n\t\x01\x7f", "\"\\u000a\\u0009\\u0001\\u007f\"");
	expect_escaped("é€😀", "\"é€😀\"");
	expect_escaped("a\xff" "b\xc3", "\"a\\ufffdb\\ufffd\"");	/* no UTF-8 */
	expect_escaped("\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""); /* a surrogate */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_holds),
		cmocka_unit_test(test_undecided),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_of_a_tree),
		cmocka_unit_test(test_escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
