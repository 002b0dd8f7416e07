/* SPDX-License-Identifier: BSD-2-Clause */
/* Q: fork P by COLUMN: a process of the initial state that begins as a copy of another one. */
#include "scenario/parser.h"
#include "scenario/diag.h"

/* The child has what the parent has mapped so far, under the same names. */
static int inherit_variables(struct parser *p, struct scenario_fork *fork)
{
	unsigned nr = p->ast->nr_variables;
	int ret = 0;

	fork->first = nr;
	for (unsigned i = 0; i < nr && !ret; i++) {
		struct scenario_variable *variable;

		if (p->ast->variables[i].process != fork->parent)
			continue;
		ret = PARSE_PUSH(p, &variable, p->ast->variables, p->ast->nr_variables,
				 SCENARIO_MAX_VARIABLES, "variables");
		if (ret)
			break;
		*variable = p->ast->variables[i];
		variable->process_name = fork->child_name;
		variable->process = fork->child;
		variable->inherited = i;
	}
	fork->nr = p->ast->nr_variables - nr;
	return ret;
}

static int no_such_parent(const struct parser *p, const struct scenario_name *name)
{
	struct suggest suggest = SUGGEST(name->text);

	for (unsigned i = 0; i < p->ast->nr_processes; i++)
		suggest_offer(&suggest, p->ast->processes[i].name.text);
	if (suggest.best)
		return parse_error(p, name->pos, "no process is called `%s` here\n"
				   "did you mean `%s`?", name->text, suggest.best);
	return parse_error(p, name->pos, "no process is called `%s` here\nonly what stands "
			   "further up can be copied: P: mmap x 2M; Q: fork P by writer;",
			   name->text);
}

int parse_fork_after(struct parser *p, const struct scenario_name *child,
		     struct scenario_setup *setup)
{
	struct scenario_fork *fork = &setup->fork;
	int ret = parse_advance(p);

	setup->kind = SCENARIO_SETUP_FORK;
	fork->child_name = *child;
	if (!ret)
		ret = parse_any_word(p, &fork->parent_name, "the process that is copied",
				     "a process begins as a copy: Q: fork P by writer;");
	if (ret)
		return ret;
	fork->pos = srcpos_join(child->pos, fork->parent_name.pos);
	fork->parent = scenario_find_process(p->ast, fork->parent_name.text);
	if (fork->parent == SCENARIO_NONE)
		return no_such_parent(p, &fork->parent_name);
	if (scenario_find_process(p->ast, child->text) != SCENARIO_NONE)
		return parse_error(p, child->pos, "`%s` is there already\nchoose another name for "
				   "the child", child->text);
	ret = parse_declare_process(p, child, &fork->child) ?: inherit_variables(p, fork);
	if (ret)
		return ret;
	if (!parse_at_word(p, "by"))
		return parse_wrong(p, "`by`", "say which column forks: Q: fork P by COLUMN;");
	ret = parse_advance(p);
	return ret ? ret : parse_any_word(p, &fork->by, "a column", NULL);
}
