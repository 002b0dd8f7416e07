/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a witness file, read and then run: its steps on the machine of a race, whatever
 * scenario it brings. Each input is also taken with the hash and then with the number of steps that
 * it should have, as no fuzzer guesses those; half of the inputs are made line by line. Findings: a
 * crash, a leak, a hang; an error that does not say where; a witness that breaks the promises of
 * explore/witness.h; a replay after which the machine is another.
 *
 * Runs with tests/fuzz/witness.dict as -dict.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_options.h"
#include "explore/witness.h"
#include "fuzz_witness_lines.h"
#include "scenario/build.h"
#include "scenario/parse.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room); /* libFuzzer's own */

static const char race[] =
	"NUMASIM race\n"
	"\"A batched flush lets a writer reach the old page\"\n"
	"{ machine = \"numa:2 core:2 pu:1\"; kernel = v3.13-rc4;\n"
	"  P: mmap x 2M thp node=0; P: x = 1 by writer; }\n"
	" scanner @node0    | reader @node1 | writer @node0 ;\n"
	" task_numa_work(P) | r0 = P:x      | P:x = 2       ;\n"
	"forall (P:x = 2)\n";

static struct scenario_run *run;
static struct digest root;
static unsigned long nr_read, nr_refused, nr_replayed, nr_differ, nr_steps;

/* How deep a run got; the loop that it counts is only as good as this. */
static void say_count(void)
{
	fprintf(stderr,
		"%lu witnesses read, %lu errors; of those read %lu replayed to their end, %lu "
		"stopped at a difference, after %lu steps in all\n",
		nr_read, nr_refused, nr_replayed, nr_differ, nr_steps);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static struct scenario_ast *ast;

	must(!scenario_parse(&ast, race, strlen(race), "race", NULL));
	must(!scenario_build(&run, ast, NULL, NULL));
	root = exec_digest(&run->m->exec);
	atexit(say_count);
	return 0;
}

static void check_error(const struct numasim_error *err, int code)
{
	size_t len = strlen(err->text);

	must(err->code == code && len > 0 && len < NUMASIM_ERROR_TEXT);
	must(code != -EINVAL || !strncmp(err->text, "fuzz:", 5));
}

static void check_head(const struct witness_head *head)
{
	must(head->scenario && head->scenario_len &&
	     !memchr(head->scenario, 0, head->scenario_len));
	must(*head->scenario_name && *head->kernel && strlen(head->machine) == WITNESS_HASH - 1);
	must(head->oracles && !(head->oracles & ~ORACLE_ALL));
	must(head->nr_with <= WITNESS_MAX_ROWS && head->nr_without <= WITNESS_MAX_ROWS);
	for (size_t i = 0; i < head->nr_with; i++)
		must(*head->with[i] && !strchr(head->with[i], '\n'));
	for (size_t i = 0; i < head->nr_without; i++)
		must(*head->without[i] && !strchr(head->without[i], '\n'));
}

static void check_steps(const struct witness *w)
{
	must(w->nr_steps < PATH_MAX_STEPS && w->oracle < ORACLE_NR && *w->sentence);
	for (unsigned i = 0; i < w->nr_steps; i++) {
		const struct witness_step *s = &w->step[i];

		must(*s->kind && *s->object && !strchr(s->actor, ' ') && !strchr(s->kind, ' '));
		must(s->alternative <= UINT16_MAX);
	}
}

static void replay(const struct witness *w)
{
	struct numasim_error err = {0};
	struct record *record = NULL;
	int ret = witness_replay(&record, run->m, &run->scene, w, &err);
	struct digest now = exec_digest(&run->m->exec);

	must(digest_equal(now, root));
	if (!ret) {
		must(record->nr_steps == w->nr_steps && record->violation.found);
		nr_replayed++;
		nr_steps += w->nr_steps;
		record_free(record);
		return;
	}
	must(ret == -EPROTO && !record && err.line >= w->first_line);
	must(err.line <= w->first_line + w->nr_steps);
	check_error(&err, ret);
	nr_differ++;
	nr_steps += err.line - w->first_line;
}

static void try(const char *text, size_t size)
{
	struct numasim_error err = {0};
	struct witness *w = NULL;
	int ret = witness_read(&w, text, size, "fuzz", &err);

	if (ret) {
		must(!w && (ret == -EINVAL || ret == -EFBIG));
		check_error(&err, ret);
		nr_refused++;
		return;
	}
	nr_read++;
	check_head(&w->head);
	check_steps(w);
	replay(w);
	witness_free(w);
}

/* The hash stands at a fixed place: behind "numasim witness 1\nhash ". */
static void mend_hash(char *text, size_t size)
{
	static const char start[] = "numasim witness 1\nhash ";
	const size_t at = sizeof(start) - 1, body = at + WITNESS_HASH;
	char hash[WITNESS_HASH], *stop;

	if (size <= body || memcmp(text, start, at))
		return;
	stop = memmem(text + body - 1, size - body + 1, "\nsteps ", 7);
	if (!stop || text[body - 1] != '\n' || stop + 1 < text + body)
		return;
	witness_hash(hash, text + body, stop + 1 - (text + body));
	memcpy(text + at, hash, WITNESS_HASH - 1);
}

/* With the hash that it should have, and with the @count of steps if it has another one. */
static void try_mended(const uint8_t *data, size_t size, bool count)
{
	size_t room = size + 16;
	char *text = malloc(room), *exact;

	must(text != NULL);
	if (size)
		memcpy(text, data, size);
	if (!count || fuzz_witness_mend_count(text, &size, room)) {
		mend_hash(text, size);
		exact = malloc(size ? size : 1); /* as below */
		must(exact != NULL);
		memcpy(exact, text, size);
		try(exact, size);
		free(exact);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1); /* exactly so large that reading on is seen */

	must(text != NULL);
	if (size)
		memcpy(text, data, size);
	try(text, size);
	free(text);
	try_mended(data, size, false);
	try_mended(data, size, true);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed)
{
	size_t changed = 0;

	if (seed & 1)
		changed = fuzz_witness_change_lines((char *)data, size, room, seed >> 1);
	return changed ? changed : LLVMFuzzerMutate(data, size, room);
}
