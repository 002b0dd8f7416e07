/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random sequences on simulated machines, or as text.
 *
 *	random-model --generate FIRST COUNT CALLS	the sequences of COUNT seeds
 *	random-model RELEASE TOPOLOGY.xml FILE [show]	what the library makes of those in FILE
 */
#include "model/model.h"
#include "sequence.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct model model;

void side_fail(const char *format, ...)
{
	va_list arguments;

	fflush(stdout);
	va_start(arguments, format);
	fputs("random-model: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	exit(1);
}

void side_print(const char *text, size_t length)
{
	if (fwrite(text, 1, length, stdout) != length)
		side_fail("cannot write");
}

static int generate(char **argument)
{
	uint64_t first = strtoull(argument[0], NULL, 10), count = strtoull(argument[1], NULL, 10);
	unsigned long calls = strtoul(argument[2], NULL, 10);
	struct sequence s;
	char text[OP_TEXT];

	if (calls < 2 || calls > MAX_OPS)
		side_fail("a sequence has 2 to %u calls", MAX_OPS);
	for (uint64_t seed = first; seed < first + count; seed++) {
		sequence_generate(&s, seed, (unsigned)calls);
		printf("sequence %llu\n", (unsigned long long)seed);
		for (unsigned i = 0; i < s.nr; i++) {
			op_text(text, &s.op[i]);
			puts(text);
		}
	}
	return 0;
}

static char *read_all(const char *path)
{
	FILE *in = fopen(path, "r");
	char *text = NULL;
	size_t room = 0;
	ssize_t length = in ? getdelim(&text, &room, '\0', in) : -1;

	if (!in || !text || (length < 0 && !feof(in)))
		side_fail("cannot read %s", path);
	if (length < 0)
		text[0] = '\0';
	fclose(in);
	return text;
}

/* In a process of its own: a sequence may show that the library breaks. */
static void run_apart(const struct sequence *s, bool show)
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child < 0)
		side_fail("cannot fork");
	if (!child) {
		sequence_run(s, show);
		fflush(stdout);
		_exit(0);
	}
	if (waitpid(child, &status, 0) != child)
		side_fail("cannot wait");
	if (status)
		printf("\n%s%llu broke\n", show ? "== " : "", (unsigned long long)s->seed);
}

int main(int argc, char **argv)
{
	struct numasim_error err = {0};
	struct sequence s;
	const char *text;
	char *all;

	if (argc == 5 && !strcmp(argv[1], "--generate"))
		return generate(argv + 2);
	if (argc < 4 || argc > 5 || (argc == 5 && strcmp(argv[4], "show"))) {
		fprintf(stderr, "usage: %s RELEASE TOPOLOGY FILE [show]\n"
			"       %s --generate FIRST COUNT CALLS\n", argv[0], argv[0]);
		return 2;
	}
	model.release = argv[1];
	if (numasim_topology_load(&model.topology, argv[2], &err))
		side_fail("%s", err.text);
	text = all = read_all(argv[3]);
	while (sequence_read(&s, &text))
		run_apart(&s, argc == 5);
	free(all);
	numasim_topology_free(model.topology);
	return 0;
}
