/* SPDX-License-Identifier: BSD-2-Clause */
/* --engine, --bound, --oracle, --budget and --topology, which several subcommands take. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MOST_FILE ((size_t)64 << 20)

int search_args_init(struct search_args *args, int argc)
{
	static const struct numasim_search defaults = NUMASIM_SEARCH_DEFAULTS;

	*args = (struct search_args){.search = defaults};
	args->oracles = calloc((size_t)argc + 1, sizeof(*args->oracles));
	if (args->oracles)
		return 0;
	fputs("numasim: out of memory\n", stderr);
	return -1;
}

void search_args_free(struct search_args *args)
{
	free(args->oracles);
	memset(args, 0, sizeof(*args));
}

/* A number of decimal digits, and what stands behind them. */
static int parse_number(uint64_t *number, const char **end, const char *text)
{
	uint64_t value = 0;

	if (*text < '0' || *text > '9')
		return -1;
	for (; *text >= '0' && *text <= '9'; text++) {
		if (value > (UINT64_MAX - 9) / 10)
			return -1;
		value = value * 10 + (uint64_t)(*text - '0');
	}
	*number = value;
	*end = text;
	return 0;
}

/* "10s" is a time, "1000000" a number of states. */
static int parse_budget(struct numasim_search *search, const char *text)
{
	static const struct {
		const char *suffix;
		uint64_t ms;
	} unit[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
	const char *end;
	uint64_t number;

	if (parse_number(&number, &end, text) || !number)
		return -1;
	if (!*end) {
		search->max_states = number;
		return 0;
	}
	for (size_t i = 0; i < sizeof(unit) / sizeof(*unit); i++) {
		if (strcmp(end, unit[i].suffix) || number > UINT64_MAX / 1000000 / unit[i].ms)
			continue;
		search->max_ms = number * unit[i].ms;
		return 0;
	}
	return -1;
}

static int take_budget(struct search_args *args, int argc, char **argv, int *i)
{
	const char *value;
	int ret = option_value(&value, "--budget", argc, argv, i);

	if (ret != 1 || !parse_budget(&args->search, value))
		return ret;
	fprintf(stderr,
		"numasim: %s: --budget is a time (10s, 500ms, 5m, 1h) or a number of states "
		"(1000000), not \"%s\"\n",
		argv[0], value);
	return -1;
}

static int take_bound(struct search_args *args, int argc, char **argv, int *i)
{
	const char *value, *end = "";
	uint64_t number;
	int ret = option_value(&value, "--bound", argc, argv, i);

	if (ret != 1)
		return ret;
	if (!parse_number(&number, &end, value) && !*end && number <= 1000000) {
		args->search.bound = (int)number;
		return 1;
	}
	fprintf(stderr,
		"numasim: %s: --bound is a number of preemptions, 0 to 1000000, not \"%s\"\n",
		argv[0], value);
	return -1;
}

static int take_engine(struct search_args *args, int argc, char **argv, int *i)
{
	static const char *const known[] = {"graph", "tree", "tree-merged", NULL};
	const char *value, *near;
	int ret = option_value(&value, "--engine", argc, argv, i);

	if (ret != 1 || !numasim_engine_by_name(&args->search.engine, value))
		return ret;
	near = nearest(value, known);
	fprintf(stderr, "numasim: %s: --engine is graph, tree or tree-merged, not \"%s\"", argv[0],
		value);
	if (near)
		fprintf(stderr, "; did you mean %s?", near);
	fputc('\n', stderr);
	return -1;
}

static int take_oracle(struct search_args *args, int argc, char **argv, int *i)
{
	const char *value;
	int ret = option_value(&value, "--oracle", argc, argv, i);

	if (ret == 1) {
		args->oracles[args->search.nr_oracles++] = value;
		args->search.oracles = args->oracles;
	}
	return ret;
}

int search_args_take(struct search_args *args, int argc, char **argv, int *i)
{
	int ret = option_value(&args->topology, "--topology", argc, argv, i);

	if (!ret)
		ret = take_engine(args, argc, argv, i);
	if (!ret)
		ret = take_bound(args, argc, argv, i);
	if (!ret)
		ret = take_oracle(args, argc, argv, i);
	return ret ? ret : take_budget(args, argc, argv, i);
}

/* ---- messages ---- */

int complain(int code, const struct numasim_error *err)
{
	/* What has a place in a file starts with the file's name, as compilers' messages do. */
	if (err->line)
		fprintf(stderr, "%s\n", err->text);
	else
		fprintf(stderr, "numasim: %s\n", *err->text ? err->text : numasim_strerror(code));
	return CLI_BAD_INPUT;
}

char *read_file(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	char *text = NULL;
	size_t room = 0, got = 1;

	*len = 0;
	while (file && got && *len < MOST_FILE) {
		if (*len + 1 >= room) {
			char *more = realloc(text, room = room * 2 + 65536);

			if (!more)
				break;
			text = more;
		}
		got = fread(text + *len, 1, room - 1 - *len, file);
		*len += got;
	}
	if (!file || got || ferror(file)) {
		fprintf(stderr, "numasim: %s: %s\n", path, got && file && !ferror(file)
			? "too large a file" : strerror(errno));
		free(text);
		text = NULL;
	} else {
		text[*len] = '\0';
	}
	if (file)
		fclose(file);
	return text;
}
