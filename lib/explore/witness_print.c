/* SPDX-License-Identifier: BSD-2-Clause */
#include "explore/witness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxh_x86dispatch.h>

void witness_hash(char hash[WITNESS_HASH], const char *text, size_t len)
{
	XXH128_hash_t h = XXH3_128bits(text, len);

	snprintf(hash, WITNESS_HASH, "%016llx%016llx", (unsigned long long)h.high64,
		 (unsigned long long)h.low64);
}

/* Can it stand on a line of its own and come back the same? */
static bool fits_line(const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 127)
			return false;
	return len && len + 32 < WITNESS_MAX_LINE && text[0] != ' ' && text[len - 1] != ' ';
}

static int check_texts(const struct witness_head *head, struct numasim_error *err)
{
	bool fine = fits_line(head->scenario_name) && fits_line(head->kernel);

	fine = fine && (!head->release || fits_line(head->release)) &&
	       (!head->topology || fits_line(head->topology)) &&
	       head->nr_with <= WITNESS_MAX_ROWS && head->nr_without <= WITNESS_MAX_ROWS;
	for (size_t i = 0; fine && i < head->nr_with; i++)
		fine = fits_line(head->with[i]);
	for (size_t i = 0; fine && i < head->nr_without; i++)
		fine = fits_line(head->without[i]);
	if (fine)
		return 0;
	return error_set(err, -EINVAL, "a witness file cannot hold these options: a name is empty, "
			 "has a control character in it, or is longer than %u bytes",
			 WITNESS_MAX_LINE - 32);
}

static void print_options(FILE *out, const struct witness_head *head)
{
	if (head->release)
		fprintf(out, "release %s\n", head->release);
	for (size_t i = 0; i < head->nr_with; i++)
		fprintf(out, "with %s\n", head->with[i]);
	for (size_t i = 0; i < head->nr_without; i++)
		fprintf(out, "without %s\n", head->without[i]);
	if (head->topology)
		fprintf(out, "topology %s\n", head->topology);
	for (int i = 0; i < ORACLE_NR && head->oracles != ORACLE_ALL; i++)
		if (head->oracles >> i & 1)
			fprintf(out, "oracle %s\n", oracle_name(i));
	fprintf(out, "kernel %s\nmachine %s\n", head->kernel, head->machine);
}

static void print_scenario(FILE *out, const struct witness_head *head)
{
	const char *at = head->scenario, *end = at + head->scenario_len;

	fprintf(out, "scenario %s\n", head->scenario_name);
	while (at < end) {
		const char *feed = memchr(at, '\n', end - at);
		size_t len = feed ? (size_t)(feed - at) : (size_t)(end - at);

		fputc('|', out);
		fwrite(at, 1, len, out);
		fputc('\n', out);
		if (!feed)
			fputs("\\ no line feed at the end\n", out);
		at += len + 1;
	}
}

static void print_steps(FILE *out, const struct record *record)
{
	fprintf(out, "steps %u\n", record->nr_steps);
	for (unsigned i = 0; i < record->nr_steps; i++) {
		const struct record_step *s = &record->step[i];

		fputs(s->actor, out);
		if (s->choice.alternative)
			fprintf(out, "@%u", s->choice.alternative);
		fprintf(out, " %s %s\n", point_kind_name(s->kind), s->object);
	}
	fprintf(out, "violation %s\n%s\nend\n", oracle_name(record->violation.oracle),
		record->violation.text);
}

/* The half that is hashed. */
static int print_head(char **text, size_t *len, const struct witness_head *head)
{
	FILE *out = open_memstream(text, len);

	if (!out)
		return -ENOMEM;
	print_options(out, head);
	print_scenario(out, head);
	if (!fclose(out))
		return 0;
	free(*text);
	return -ENOMEM;
}

int witness_print(char **text, const struct witness_head *head, const struct record *record,
		  struct numasim_error *err)
{
	char *upper, *whole = NULL, hash[WITNESS_HASH];
	size_t upper_len, len;
	int ret = check_texts(head, err);
	FILE *out;

	if (ret)
		return ret;
	if (print_head(&upper, &upper_len, head))
		return error_set(err, -ENOMEM, "no memory for a witness");
	witness_hash(hash, upper, upper_len);
	out = open_memstream(&whole, &len);
	if (out) {
		fprintf(out, "numasim witness 1\nhash %s\n", hash);
		fwrite(upper, 1, upper_len, out);
		print_steps(out, record);
	}
	free(upper);
	if (!out || fclose(out)) {
		free(whole);
		return error_set(err, -ENOMEM, "no memory for a witness");
	}
	*text = whole;
	return 0;
}
