/* SPDX-License-Identifier: BSD-2-Clause */
/* Are the arguments of a call what it wants? */
#include "scenario/calls.h"
#include "scenario/suggest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

uint32_t call_process(const struct scenario_call *call)
{
	const struct scenario_call_kind *kind = scenario_call_find(call->name.text);

	for (unsigned i = 0; kind && i < call->nr_args && i < CALL_ARGS; i++) {
		const struct scenario_value *arg = &call->args[i];

		if (kind->arg[i] == CALL_OWN_PLACE && arg->kind == SCENARIO_LOCATION)
			return arg->location.process;
		if (kind->arg[i] == CALL_OWN_PROCESS && arg->kind == SCENARIO_WORD)
			return arg->process;
	}
	return SCENARIO_NONE;
}

static int no_such_call(const struct scenario_run *run, const struct scenario_name *name,
			struct numasim_error *err)
{
	const struct scenario_call_kind *kind;
	struct suggest suggest = SUGGEST(name->text);
	char known[512];
	size_t used = 0;

	for (unsigned i = 0; (kind = scenario_call_at(i)) && used < sizeof(known); i++) {
		suggest_offer(&suggest, kind->name);
		used += snprintf(known + used, sizeof(known) - used, "%s%s", i ? ", " : "",
				 kind->name);
	}
	if (suggest.best)
		return scenario_error_at(err, -ENOENT, run->ast, name->pos,
					 "nothing here is called `%s`\ndid you mean `%s`?",
					 name->text, suggest.best);
	return scenario_error_at(err, -ENOENT, run->ast, name->pos,
				 "nothing here is called `%s`\nthe calls are %s", name->text,
				 known);
}

static bool is_register(const struct scenario_value *arg)
{
	return arg->kind == SCENARIO_WORD && arg->text[0] == 'r' && arg->text[1] >= '0' &&
	       arg->text[1] <= '9';
}

static bool is_file(const struct scenario_run *run, const struct scenario_value *arg)
{
	return arg->kind == SCENARIO_WORD && program_file(run->program, arg->text);
}

/* What is wrong with an argument in itself; NULL: nothing. */
static const char *wrong_kind(const struct scenario_run *run, const struct scenario_value *arg,
			      enum call_arg kind)
{
	bool word = arg->kind == SCENARIO_WORD, number = arg->kind == SCENARIO_NUMBER;

	switch (kind) {
	case CALL_OWN_PROCESS:
	case CALL_PROCESS:
		return word && arg->process != SCENARIO_NONE ? NULL : "this is no process";
	case CALL_OWN_PLACE:
	case CALL_PLACE:
		return arg->kind == SCENARIO_LOCATION ? NULL : "this is no location";
	case CALL_SIZE:
		return number ? NULL : "this is no size";
	case CALL_NUMBER:
		return number ? NULL : "this is no number";
	case CALL_VALUE:
		return number || is_register(arg) ? NULL
						  : "this is neither a number nor a register";
	case CALL_ADVICE:
		return word && call_advice(arg->text) >= 0 ? NULL : "no advice is called so";
	case CALL_PROT:
		return word && call_prot(arg->text) >= 0 ? NULL : "no protection is called so";
	case CALL_FILE:
		return is_file(run, arg) ? NULL : "no mapping has a file of that name";
	case CALL_MAYBE_WRITE:
		return word && !strcmp(arg->text, "write") ? NULL : "only the word write can "
								    "stand here";
	case CALL_NOTHING:
		break;
	}
	return "nothing can stand here";
}

static const char advice_help[] =
	"cold, dofork, dontfork, dontneed, free, hugepage, keeponfork, nohugepage, pageout, "
	"populate_read, populate_write or wipeonfork";

static int check_arg(const struct scenario_run *run, const struct scenario_call_kind *kind,
		     const struct scenario_value *arg, enum call_arg wanted, uint32_t process,
		     struct numasim_error *err)
{
	const char *wrong = wrong_kind(run, arg, wanted);

	if (wrong)
		return scenario_error_at(err, -EINVAL, run->ast, arg->pos, "%s\nwrite %s", wrong,
					 wanted == CALL_ADVICE ? advice_help : kind->usage);
	if (wanted == CALL_OWN_PROCESS && arg->process != process)
		return scenario_error_at(err, -EINVAL, run->ast, arg->pos,
					 "the column is a thread of another process, and a task "
					 "does this for its own");
	if (wanted == CALL_OWN_PLACE && arg->location.process != process)
		return scenario_error_at(err, -EINVAL, run->ast, arg->pos,
					 "the column is a thread of another process");
	if (arg->kind == SCENARIO_LOCATION)
		return check_location(run, &arg->location, err);
	return 0;
}

int check_call(const struct scenario_run *run, const struct scenario_stmt *stmt, uint32_t process,
	       struct numasim_error *err)
{
	const struct scenario_call *call = &stmt->call;
	const struct scenario_call_kind *kind = scenario_call_find(call->name.text);
	int ret = 0;

	if (!kind)
		return no_such_call(run, &call->name, err);
	if (call->nr_args > call_args_most(kind) || call->nr_args < call_args_least(kind))
		return scenario_error_at(err, -EINVAL, run->ast, call->pos,
					 "%u arguments instead of %u\nwrite %s", call->nr_args,
					 call->nr_args < call_args_least(kind)
						 ? call_args_least(kind) : call_args_most(kind),
					 kind->usage);
	for (unsigned i = 0; i < call->nr_args && !ret; i++)
		ret = check_arg(run, kind, &call->args[i], kind->arg[i], process, err);
	return ret;
}
