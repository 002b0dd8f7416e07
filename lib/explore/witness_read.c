/* SPDX-License-Identifier: BSD-2-Clause */
/* Witness files: the upper half, and the whole. */
#include "explore/witness_reader.h"

#include <stdlib.h>
#include <string.h>

static int add_row(struct reader *r, const char *value, bool with)
{
	struct witness_head *head = &r->w->head;
	size_t *nr = with ? &head->nr_with : &head->nr_without;

	if (*nr == WITNESS_MAX_ROWS)
		return reader_wrong(r, r->line, "too many rows",
				    "a kernel takes at most 64 of a kind");
	r->w->rows[(with ? 0 : WITNESS_MAX_ROWS) + (*nr)++] = value;
	return 0;
}

static int add_oracle(struct reader *r, const char *value)
{
	int oracle = oracle_by_name(value);

	if (oracle < 0)
		return reader_wrong(r, r->line, "there is no such oracle", READER_NOT_EDITED);
	r->w->head.oracles |= UINT32_C(1) << oracle;
	return 0;
}

/* One of the options; -ENOENT: none of them starts with these bytes. */
static int read_option(struct reader *r)
{
	static const char *const word[] = {"release", "with", "without", "topology", "oracle"};
	struct witness_head *head = &r->w->head;
	const char *value = NULL;
	char *line;
	int i = 0;

	while (i < 5 && !(reader_starts_with(r, word[i]) && r->at + strlen(word[i]) < r->end &&
			  r->at[strlen(word[i])] == ' '))
		i++;
	if (i == 5)
		return -ENOENT;
	line = reader_line(r);
	value = reader_behind(line, word[i]);
	if (!value || strlen(value) >= WITNESS_MAX_LINE)
		return reader_wrong(r, r->line, "this option has no value, or one that is too long",
			     READER_NOT_EDITED);
	if (i == 1 || i == 2)
		return add_row(r, value, i == 1);
	if (i == 4)
		return add_oracle(r, value);
	if (i == 0)
		head->release = value;
	else
		head->topology = value;
	return 0;
}

/* The scenario's lines, moved together. */
static int read_scenario(struct reader *r)
{
	struct witness_head *head = &r->w->head;
	char *to;
	int ret = reader_need(r, &head->scenario_name, "scenario");

	if (ret)
		return ret;
	head->scenario = to = r->at;
	while (r->at < r->end && *r->at == '|') {
		char *line = r->at + 1, *feed = memchr(line, '\n', r->end - line);

		if (!feed)
			return reader_wrong(r, r->line + 1, "the file ends here",
					    READER_NOT_EDITED);
		memmove(to, line, feed + 1 - line);
		to += feed + 1 - line;
		r->at = feed + 1;
		r->line++;
	}
	if (reader_starts_with(r, "\\ no line feed at the end\n") && to > head->scenario) {
		reader_line(r);
		to--;
	}
	head->scenario_len = to - head->scenario;
	if (!head->scenario_len)
		return reader_wrong(r, r->line, "the scenario's text is missing",
				    READER_NOT_EDITED);
	return 0;
}

static int check_hash(struct reader *r, const char *hash, const char *start, const char *stop)
{
	char found[WITNESS_HASH];

	witness_hash(found, start, stop - start);
	if (!strcmp(found, hash))
		return 0;
	return reader_wrong(r, 2, "the hash is not that of the scenario and options below it",
		     "they were changed after the search; search again with the changed ones");
}

static int read_head(struct reader *r)
{
	struct witness_head *head = &r->w->head;
	const char *value, *hash;
	int ret = reader_need(r, &value, "numasim witness");

	if (ret)
		return ret;
	if (strcmp(value, "1"))
		return reader_wrong(r, 1, "this program reads version 1 of the format",
			     "use the version of numasim that wrote the file, or search again");
	ret = reader_need(r, &hash, "hash");
	if (!ret && strlen(hash) != WITNESS_HASH - 1) /* the right length was checked already */
		ret = reader_wrong(r, r->line, "this is no hash", READER_NOT_EDITED);
	if (ret)
		return ret;
	while (!(ret = read_option(r)))
		;
	if (ret != -ENOENT)
		return ret;
	ret = reader_need(r, &head->kernel, "kernel") ?: reader_need(r, &value, "machine");
	if (ret)
		return ret;
	if (strlen(value) != WITNESS_HASH - 1)
		return reader_wrong(r, r->line, "this is no hash", READER_NOT_EDITED);
	strcpy(head->machine, value);
	head->with = r->w->rows;
	head->without = r->w->rows + WITNESS_MAX_ROWS;
	if (!head->oracles)
		head->oracles = ORACLE_ALL;
	return read_scenario(r);
}

/* The hash is of bytes that reading changes: it comes first. */
static int check_hash_first(struct reader *r)
{
	char *first = memchr(r->at, '\n', r->end - r->at), *second, *stop, hash[WITNESS_HASH];

	second = first ? memchr(first + 1, '\n', r->end - first - 1) : NULL;
	if (!second || second - first != 6 + WITNESS_HASH - 1 || memcmp(first + 1, "hash ", 5))
		return 0; /* whoever reads the lines says what is wrong with them */
	memcpy(hash, first + 6, WITNESS_HASH - 1);
	hash[WITNESS_HASH - 1] = '\0';
	stop = memmem(second, r->end - second, "\nsteps ", 7);
	return stop ? check_hash(r, hash, second + 1, stop + 1) : 0;
}

int witness_read(struct witness **witness, const char *text, size_t len, const char *filename,
		 struct numasim_error *err)
{
	struct witness *w;
	struct reader r;
	size_t name = strlen(filename) + 1;
	int ret;

	if (len > WITNESS_MAX_BYTES)
		return error_set(err, -EFBIG, "%s: longer than %u bytes, which no witness is",
				 filename, WITNESS_MAX_BYTES);
	w = calloc(1, sizeof(*w));
	if (w)
		w->copy = malloc(len + 1 + name);
	if (!w || !w->copy) {
		free(w);
		return error_set(err, -ENOMEM, "no memory for a witness");
	}
	memcpy(w->copy, text, len);
	w->copy[len] = '\0';
	w->filename = memcpy(w->copy + len + 1, filename, name);
	r = (struct reader){.w = w, .at = w->copy, .end = w->copy + len, .err = err};
	if (memchr(text, '\0', len))
		ret = error_set(err, -EINVAL, "%s: not a text file", filename);
	else
		ret = check_hash_first(&r) ?: read_head(&r) ?: reader_steps(&r) ?: reader_end(&r);
	if (ret)
		witness_free(w);
	else
		*witness = w;
	return ret;
}

void witness_free(struct witness *witness)
{
	if (!witness)
		return;
	free(witness->step);
	free(witness->copy);
	free(witness);
}
