/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario/print.h"
#include "base/error.h"
#include "scenario/print_parts.h"

#include <stdlib.h>

static void print_mapping(struct printer *out, const struct scenario_variable *variable)
{
	print_text(out, variable->process_name.text);
	print_text(out, ": mmap ");
	print_text(out, variable->name.text);
	print_text(out, " ");
	print_number(out, variable->size, number_sizes);
	for (unsigned i = 0; i < variable->nr_flags; i++) {
		print_text(out, " ");
		print_text(out, variable->flags[i].key.text);
		if (!variable->flags[i].has_value)
			continue;
		print_text(out, "=");
		print_value(out, &variable->flags[i].value);
	}
}

static void print_fork(struct printer *out, const struct scenario_fork *fork)
{
	print_text(out, fork->child_name.text);
	print_text(out, ": fork ");
	print_text(out, fork->parent_name.text);
	print_text(out, " by ");
	print_text(out, fork->by.text);
}

static void print_init(struct printer *out, const struct scenario_ast *ast)
{
	print_text(out, "{\n");
	for (unsigned i = 0; i < ast->nr_settings; i++) {
		print_text(out, "  ");
		print_text(out, ast->settings[i].key.text);
		print_text(out, " = ");
		print_value(out, &ast->settings[i].value);
		print_text(out, ";\n");
	}
	for (unsigned i = 0; i < ast->nr_setup; i++) {
		print_text(out, "  ");
		if (ast->setup[i].kind == SCENARIO_SETUP_MAPPING)
			print_mapping(out, &ast->variables[ast->setup[i].variable]);
		else if (ast->setup[i].kind == SCENARIO_SETUP_FORK)
			print_fork(out, &ast->setup[i].fork);
		else
			print_stmt(out, &ast->setup[i].stmt);
		print_text(out, ";\n");
	}
	print_text(out, "}\n");
}

static void print_reach(struct printer *out, const struct scenario_ast *ast)
{
	for (unsigned i = 0; i < ast->nr_events; i++) {
		print_text(out, i ? ", " : "reach ");
		print_call(out, &ast->events[i]);
	}
	print_text(out, ast->nr_events ? "\n" : "");
}

static void print_verdict(struct printer *out, const struct scenario_verdict *verdict)
{
	switch (verdict->kind) {
	case SCENARIO_KEEPS:
		print_text(out, "no ");
		print_text(out, verdict->oracle.text);
		break;
	case SCENARIO_BREAKS:
		print_text(out, verdict->oracle.text);
		break;
	case SCENARIO_HOLDS:
		print_text(out, "holds");
		break;
	case SCENARIO_UNDECIDED:
		print_text(out, "undecided");
		break;
	}
	print_text(out, verdict->vacuously ? " vacuously" : "");
}

static void print_expects(struct printer *out, const struct scenario_ast *ast)
{
	for (unsigned i = 0; i < ast->nr_expects; i++) {
		const struct scenario_expect *expect = &ast->expects[i];

		print_text(out, i ? ";\n       " : "expect ");
		print_release(out, &expect->release);
		for (unsigned k = 0; k < expect->nr_verdicts; k++) {
			print_text(out, k ? ", " : ": ");
			print_verdict(out, &expect->verdicts[k]);
		}
	}
	print_text(out, ast->nr_expects ? "\n" : "");
}

int scenario_print(char **text, size_t *len, const struct scenario_ast *ast,
		   struct numasim_error *err)
{
	struct printer out = {0};

	*text = NULL;
	print_text(&out, "NUMASIM ");
	print_text(&out, ast->name.text);
	print_text(&out, "\n");
	print_string(&out, ast->sentence.text);
	print_text(&out, "\n");
	print_init(&out, ast);
	print_table(&out, ast);
	print_condition(&out, ast);
	print_reach(&out, ast);
	print_expects(&out, ast);
	if (out.code) {
		free(out.text);
		return error_set(err, out.code, out.code == -ENOMEM ?
				 "%.200s: out of memory" :
				 "%.200s: printed, it would be longer than a scenario may be\n"
				 "  help: make it shorter", ast->filename);
	}
	*text = out.text;
	if (len)
		*len = out.len;
	return 0;
}
