/* SPDX-License-Identifier: BSD-2-Clause */
/* numasim replay WITNESS: see a failure again. */
#include "cli.h"

#include <errno.h>
#include <numasim/report.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: numasim replay WITNESS [--json]\n"
	"\n"
	"Take the steps of a witness that `numasim explore --witness` wrote, one by one, compare "
	"each\n"
	"with what the file says about it, and print the table of the search. The file holds the\n"
	"scenario and its options; a machine that was named by a file must still be there.\n"
	"\n"
	"Exit status: 0 it goes as the file says, 1 it does not (the first difference is named),\n"
	"2 bad input.\n";

static const char *const known[] = {"--json", "--help", NULL};

/* The words of the command line; 0 to go on, else an exit status + 1. */
static int parse(const char **file, int *json, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			fputs(usage, stdout);
			return EXIT_SUCCESS + 1;
		}
		if (!strcmp(argv[i], "--json"))
			*json = 1;
		else if (argv[i][0] == '-')
			return unknown_option(argv, i, known) + 1;
		else if (*file)
			return fprintf(stderr, "numasim: replay: one WITNESS at a time, not %s and "
				       "%s\n", *file, argv[i]), CLI_BAD_INPUT + 1;
		else
			*file = argv[i];
	}
	if (*file)
		return 0;
	fputs("numasim: replay: WITNESS is missing; see `numasim replay --help`\n", stderr);
	return CLI_BAD_INPUT + 1;
}

static int replay(const char *file, int json)
{
	struct numasim_result *result = NULL;
	struct numasim_error err = {0};
	size_t len;
	char *witness = read_file(file, &len), *text = NULL;
	int ret;

	if (!witness)
		return CLI_BAD_INPUT;
	ret = numasim_witness_replay(&result, witness, len, file, &err);
	free(witness);
	if (ret) {
		complain(ret, &err);
		return ret == -EPROTO ? CLI_BROKEN : CLI_BAD_INPUT;
	}
	ret = json ? numasim_report_json(&text, result) : numasim_report_text(&text, result);
	if (ret)
		fprintf(stderr, "numasim: %s\n", numasim_strerror(ret));
	else
		fputs(text, stdout);
	free(text);
	numasim_result_free(result);
	return ret ? CLI_BAD_INPUT : EXIT_SUCCESS;
}

int cmd_replay(int argc, char **argv)
{
	const char *file = NULL;
	int json = 0, ret = parse(&file, &json, argc, argv);

	return ret ? ret - 1 : replay(file, json);
}
