/* SPDX-License-Identifier: BSD-2-Clause */
/* A result as one JSON object (RFC 8259). */
#include "report/json.h"
#include "report/words.h"
#include "scenario/utf8.h"

#include <numasim/report.h>

#include <errno.h>
#include <inttypes.h>
#include <string.h>

void json_string(FILE *out, const char *text)
{
	size_t len = strlen(text);

	fputc('"', out);
	while (len) {
		uint32_t character;
		unsigned size = utf8_decode(&character, text, len);

		if (!size)
			fputs("\\ufffd", out); /* a file name need not be UTF-8, but JSON is */
		else if (character == '"' || character == '\\')
			fprintf(out, "\\%c", (int)character);
		else if (character < ' ' || character == 127)
			fprintf(out, "\\u%04x", (unsigned)character);
		else
			fwrite(text, 1, size, out);
		text += size ? size : 1;
		len -= size ? size : 1;
	}
	fputc('"', out);
}

static void member(FILE *out, const char *name)
{
	fputs(",\n  ", out);
	json_string(out, name);
	fputs(": ", out);
}

/* @text NULL: null. */
static void text_member(FILE *out, const char *name, const char *text)
{
	member(out, name);
	if (text)
		json_string(out, text);
	else
		fputs("null", out);
}

static void number_member(FILE *out, const char *name, uint64_t number)
{
	member(out, name);
	fprintf(out, "%" PRIu64, number);
}

static const char *truth(bool is)
{
	return is ? "true" : "false";
}

/* The names of @list, which blanks divide, as an array. */
static void list_member(FILE *out, const char *name, const char *list)
{
	const char *gap = "";

	member(out, name);
	fputc('[', out);
	while (*list) {
		size_t len = strcspn(list, " ");

		fprintf(out, "%s\"%.*s\"", gap, (int)len, list);
		list += len + (list[len] == ' ');
		gap = ", ";
	}
	fputc(']', out);
}

static void print_counts(FILE *out, const struct numasim_result_info *info)
{
	text_member(out, "engine", words_engine(info->engine));
	member(out, "bound");
	if (info->bound == NUMASIM_NO_BOUND)
		fputs("null", out);
	else
		fprintf(out, "%d", info->bound);
	if (info->engine == NUMASIM_ENGINE_GRAPH) {
		number_member(out, "states", info->states);
	} else {
		number_member(out, "orders", info->schedules);
		number_member(out, "classes", info->classes);
	}
	number_member(out, "transitions", info->transitions);
	number_member(out, "ruled_out", info->blocked);
	member(out, "complete");
	fputs(truth(!info->partial), out);
	if (info->observes) {
		member(out, "observation");
		fprintf(out,
			"{\"word\": \"%s\", \"positive\": %" PRIu64 ", \"negative\": %" PRIu64 "}",
			words_observation(info), info->positive, info->negative);
	}
}

/* Is it known that no order with fewer preemptions breaks? */
static void print_fewest(FILE *out, const struct numasim_result_info *info)
{
	member(out, "fewest");
	fputs(truth(info->engine == NUMASIM_ENGINE_GRAPH && !info->more_than_needed &&
		    strcmp(info->oracle, "livelock")), out);
}

static void print_columns(FILE *out, const struct numasim_result *result, size_t nr)
{
	struct numasim_result_column c;

	member(out, "columns");
	fputc('[', out);
	for (size_t i = 0; i < nr; i++) {
		numasim_result_column(&c, result, i);
		fputs(i ? ",\n    {\"name\": " : "\n    {\"name\": ", out);
		json_string(out, c.name);
		fprintf(out, ", \"cpu\": %u, \"node\": %u, \"start\": ", c.cpu, c.node);
		json_string(out, c.before);
		fputc('}', out);
	}
	fputc(']', out);
}

static void print_step(FILE *out, const struct numasim_result_step *s, size_t number)
{
	fprintf(out, "{\"number\": %zu, \"column\": %zu, \"actor\": ", number, s->column);
	json_string(out, s->actor);
	fprintf(out, ", \"alternative\": %u, \"kind\": ", s->alternative);
	json_string(out, s->kind);
	fputs(", \"object\": ", out);
	json_string(out, s->object);
	fputs(", \"text\": ", out);
	json_string(out, s->text);
	fprintf(out, ", \"preempts\": %s, \"relevant\": %s, \"shown\": %s}", truth(s->preempts),
		truth(s->relevant), truth(s->shown));
}

static void print_steps(FILE *out, const struct numasim_result *result, size_t nr)
{
	struct numasim_result_step step;

	member(out, "steps");
	fputc('[', out);
	for (size_t i = 0; i < nr; i++) {
		numasim_result_step(&step, result, i);
		fputs(i ? ",\n    " : "\n    ", out);
		print_step(out, &step, i + 1);
	}
	fputc(']', out);
}

int numasim_report_json(char **text, const struct numasim_result *result)
{
	struct numasim_result_info info;
	char *buffer = NULL;
	size_t size;
	FILE *out = open_memstream(&buffer, &size);

	if (!out)
		return -ENOMEM;
	numasim_result_info(&info, result);
	fputs("{\n  \"scenario\": ", out);
	json_string(out, info.scenario);
	text_member(out, "title", info.title);
	text_member(out, "kernel", info.kernel);
	text_member(out, "note", info.note);
	text_member(out, "machine", info.machine);
	list_member(out, "oracles", info.oracles);
	text_member(out, "verdict", words_verdict(info.verdict));
	text_member(out, "oracle", info.oracle);
	text_member(out, "sentence", info.sentence);
	text_member(out, "undecided", info.undecided);
	if (!info.replayed)
		print_counts(out, &info);
	if (info.verdict == NUMASIM_VERDICT_BROKEN) {
		number_member(out, "preemptions", info.preemptions);
		if (!info.replayed)
			print_fewest(out, &info);
		print_columns(out, result, info.nr_columns);
		print_steps(out, result, info.nr_steps);
	}
	fputs("\n}\n", out);
	return words_close(text, &buffer, out, 0);
}
