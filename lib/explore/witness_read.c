/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reader works in its own copy of the text: lines are cut off by zero bytes, words of a line
 * too, and the scenario's text moves together over the bars.
 */
#include "explore/witness.h"

#include <stdlib.h>
#include <string.h>

struct reader {
	struct witness *w;
	char *at, *end;
	unsigned line; /* of what take_line() gave last */
	struct numasim_error *err;
};

static int wrong(struct reader *r, unsigned line, const char *what, const char *help)
{
	return error_at(r->err, -EINVAL, line, 1, "%s:%u: %s\n  help: %s", r->w->filename, line,
			what, help);
}

#define NOT_EDITED "a witness is written by `numasim explore --witness`; search again"

/* The next line, or NULL at the end of the file. */
static char *take_line(struct reader *r)
{
	char *line = r->at, *feed;

	if (r->at == r->end)
		return NULL;
	feed = memchr(r->at, '\n', r->end - r->at);
	if (!feed)
		feed = r->end; /* the copy has a byte more */
	r->at = feed < r->end ? feed + 1 : r->end;
	*feed = '\0';
	r->line++;
	return line;
}

/* What stands behind "@word " in @line; NULL: it begins otherwise. */
static const char *behind(const char *line, const char *word)
{
	size_t len = strlen(word);

	return line && !strncmp(line, word, len) && line[len] == ' ' && line[len + 1] ?
	       line + len + 1 : NULL;
}

static bool starts_with(const struct reader *r, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(r->end - r->at) >= len && !memcmp(r->at, word, len);
}

static int need(struct reader *r, const char **value, const char *word)
{
	char *line = take_line(r);
	char text[64];

	*value = behind(line, word);
	if (*value && strlen(*value) < WITNESS_MAX_LINE)
		return 0;
	strcpy(text, "here must stand a line `");
	strncat(text, word, 16);
	strcat(text, " ...`");
	return wrong(r, r->line + !line, text, NOT_EDITED);
}

static int add_row(struct reader *r, const char *value, bool with)
{
	struct witness_head *head = &r->w->head;
	size_t *nr = with ? &head->nr_with : &head->nr_without;

	if (*nr == WITNESS_MAX_ROWS)
		return wrong(r, r->line, "too many rows", "a kernel takes at most 64 of a kind");
	r->w->rows[(with ? 0 : WITNESS_MAX_ROWS) + (*nr)++] = value;
	return 0;
}

static int add_oracle(struct reader *r, const char *value)
{
	int oracle = oracle_by_name(value);

	if (oracle < 0)
		return wrong(r, r->line, "there is no such oracle", NOT_EDITED);
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

	while (i < 5 && !(starts_with(r, word[i]) && r->at + strlen(word[i]) < r->end &&
			  r->at[strlen(word[i])] == ' '))
		i++;
	if (i == 5)
		return -ENOENT;
	line = take_line(r);
	value = behind(line, word[i]);
	if (!value || strlen(value) >= WITNESS_MAX_LINE)
		return wrong(r, r->line, "this option has no value, or one that is too long",
			     NOT_EDITED);
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
	int ret = need(r, &head->scenario_name, "scenario");

	if (ret)
		return ret;
	head->scenario = to = r->at;
	while (r->at < r->end && *r->at == '|') {
		char *line = r->at + 1, *feed = memchr(line, '\n', r->end - line);

		if (!feed)
			return wrong(r, r->line + 1, "the file ends here", NOT_EDITED);
		memmove(to, line, feed + 1 - line);
		to += feed + 1 - line;
		r->at = feed + 1;
		r->line++;
	}
	if (starts_with(r, "\\ no line feed at the end\n") && to > head->scenario) {
		take_line(r);
		to--;
	}
	head->scenario_len = to - head->scenario;
	if (!head->scenario_len)
		return wrong(r, r->line, "the scenario's text is missing", NOT_EDITED);
	return 0;
}

static int check_hash(struct reader *r, const char *hash, const char *start, const char *stop)
{
	char found[WITNESS_HASH];

	witness_hash(found, start, stop - start);
	if (!strcmp(found, hash))
		return 0;
	return wrong(r, 2, "the hash is not that of the scenario and options below it",
		     "they were changed after the search; search again with the changed ones");
}

static int read_head(struct reader *r)
{
	struct witness_head *head = &r->w->head;
	const char *value, *hash;
	int ret = need(r, &value, "numasim witness");

	if (ret)
		return ret;
	if (strcmp(value, "1"))
		return wrong(r, 1, "this program reads version 1 of the format",
			     "use the version of numasim that wrote the file, or search again");
	ret = need(r, &hash, "hash");
	if (!ret && strlen(hash) != WITNESS_HASH - 1) /* the right length was checked already */
		ret = wrong(r, r->line, "this is no hash", NOT_EDITED);
	if (ret)
		return ret;
	while (!(ret = read_option(r)))
		;
	if (ret != -ENOENT)
		return ret;
	ret = need(r, &head->kernel, "kernel") ?: need(r, &value, "machine");
	if (ret)
		return ret;
	if (strlen(value) != WITNESS_HASH - 1)
		return wrong(r, r->line, "this is no hash", NOT_EDITED);
	strcpy(head->machine, value);
	head->with = r->w->rows;
	head->without = r->w->rows + WITNESS_MAX_ROWS;
	if (!head->oracles)
		head->oracles = ORACLE_ALL;
	return read_scenario(r);
}

static int read_number(struct reader *r, const char *text, unsigned most, unsigned *number)
{
	unsigned value = 0;

	for (const char *c = text; ; c++) {
		if (!*c && c > text)
			break;
		if (*c < '0' || *c > '9' || value > most)
			return wrong(r, r->line, "this is no number, or too large a one", NOT_EDITED);
		value = value * 10 + (*c - '0');
	}
	*number = value;
	return value <= most ? 0 : wrong(r, r->line, "this number is too large", NOT_EDITED);
}

/* ACTOR[@NUMBER] KIND OBJECT */
static int read_step(struct reader *r, struct witness_step *step)
{
	char *line = take_line(r), *space, *number;

	if (!line)
		return wrong(r, r->line + 1, "the file ends before its last step", NOT_EDITED);
	if (strlen(line) >= WITNESS_MAX_LINE)
		return wrong(r, r->line, "this step is too long", NOT_EDITED);
	step->actor = line;
	step->alternative = 0;
	space = strchr(line, ' ');
	if (!space || space == line)
		return wrong(r, r->line, "this is no step", "write ACTOR KIND OBJECT");
	*space = '\0';
	step->kind = space + 1;
	space = strchr(step->kind, ' ');
	if (!space || space == step->kind || !space[1])
		return wrong(r, r->line, "this is no step", "write ACTOR KIND OBJECT");
	*space = '\0';
	step->object = space + 1;
	number = strchr(line, '@');
	if (!number)
		return 0;
	*number = '\0';
	return read_number(r, number + 1, UINT16_MAX, &step->alternative);
}

static int read_steps(struct reader *r)
{
	struct witness *w = r->w;
	const char *value;
	int ret = need(r, &value, "steps") ?: read_number(r, value, PATH_MAX_STEPS - 1, &w->nr_steps);

	if (ret)
		return ret;
	w->first_line = r->line + 1;
	w->step = calloc(w->nr_steps + 1, sizeof(*w->step));
	if (!w->step)
		return error_set(r->err, -ENOMEM, "no memory for a witness");
	for (unsigned i = 0; i < w->nr_steps && !ret; i++)
		ret = read_step(r, &w->step[i]);
	return ret;
}

static int read_end(struct reader *r)
{
	const char *value;
	int ret = need(r, &value, "violation"), oracle;
	char *line;

	if (ret)
		return ret;
	oracle = oracle_by_name(value);
	if (oracle < 0)
		return wrong(r, r->line, "there is no such oracle", NOT_EDITED);
	r->w->oracle = oracle;
	line = take_line(r);
	if (!line || !*line || strlen(line) >= WITNESS_MAX_LINE)
		return wrong(r, r->line + !line, "here must stand the sentence that says what broke",
			     NOT_EDITED);
	r->w->sentence = line;
	line = take_line(r);
	if (!line || strcmp(line, "end") || r->at != r->end)
		return wrong(r, r->line + !line, "here must stand `end`, and nothing behind it",
			     NOT_EDITED);
	return 0;
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
		return error_set(err, -EFBIG, "%s: longer than %u bytes, which no witness is", filename,
				 WITNESS_MAX_BYTES);
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
		ret = check_hash_first(&r) ?: read_head(&r) ?: read_steps(&r) ?: read_end(&r);
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
