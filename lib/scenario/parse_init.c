/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The initial state: settings of the machine and the kernel, mappings of the processes, and
 * statements that are over before the first column starts.
 *
 *   { machine = "numa:2 core:2 pu:1"; kernel = v3.13-rc4;
 *     P: mmap x 2M thp node=0;
 *     P: x = 1 by writer; tick 1000;
 *     Q: fork P by writer; }
 */
#include "scenario/parser.h"
#include "scenario/diag.h"

#include <string.h>

/* = VALUE, behind the key */
static int parse_setting_after(struct parser *p, const struct scenario_name *key)
{
	struct scenario_setting *setting;
	size_t digits;
	int ret;

	for (unsigned i = 0; i < p->ast->nr_settings; i++)
		if (!strcmp(p->ast->settings[i].key.text, key->text))
			return parse_error(p, key->pos, "`%s` is set twice, first in line %u\n"
					   "leave one of them out", key->text,
					   p->ast->settings[i].key.pos.line);
	digits = strspn(key->text + 1, "0123456789");
	if (key->text[0] == 'r' && digits && !key->text[1 + digits])
		return parse_error(p, key->pos, "`%s` is no register\nregisters are r0 to r%d",
				   key->text, SCENARIO_MAX_REGISTERS - 1);
	if (parse_is_reserved(key->text))
		return parse_error(p, key->pos, "`%s` has a meaning of its own and cannot be set\n"
				   "choose another key", key->text);
	ret = PARSE_PUSH(p, &setting, p->ast->settings, p->ast->nr_settings, SCENARIO_MAX_SETTINGS,
			 "settings");
	if (!ret) {
		setting->key = *key;
		ret = parse_advance(p);
	}
	return ret ? ret : parse_value(p, &setting->value, VALUE_MAY_BE_RELEASE);
}

/* KEY or KEY=VALUE */
static int parse_flag(struct parser *p, struct scenario_variable *variable)
{
	struct scenario_flag *flag;
	struct scenario_name key;
	int ret = parse_any_word(p, &key, "a flag or `;`",
				 "behind the size stand words and key=value: P: mmap x 2M "
				 "thp node=0");

	if (ret)
		return ret;
	for (unsigned i = 0; i < variable->nr_flags; i++)
		if (!strcmp(variable->flags[i].key.text, key.text))
			return parse_error(p, key.pos, "`%s` stands twice\nleave one of them out",
					   key.text);
	if (!strcmp(key.text, "by"))
		return parse_error(p, key.pos, "a mapping is made by nobody in particular\n"
				   "leave `by` out: mmap touches no page");
	ret = PARSE_PUSH(p, &flag, variable->flags, variable->nr_flags, SCENARIO_MAX_FLAGS,
			 "flags of a mapping");
	if (ret)
		return ret;
	flag->key = key;
	flag->has_value = p->tok.kind == TOK_EQUAL;
	if (!flag->has_value)
		return 0;
	ret = parse_advance(p);
	return ret ? ret : parse_value(p, &flag->value, 0);
}

int parse_declare_process(struct parser *p, const struct scenario_name *name, uint32_t *index)
{
	struct scenario_process *process;
	int ret;

	if (parse_is_reserved(name->text) || parse_register(name->text) != SCENARIO_NONE ||
	    strpbrk(name->text, "-."))
		return parse_error(p, name->pos, "`%s` cannot be the name of a process\n"
				   "a name here has letters, digits and _", name->text);
	*index = scenario_find_process(p->ast, name->text);
	if (*index != SCENARIO_NONE)
		return 0;
	*index = p->ast->nr_processes;
	ret = PARSE_PUSH(p, &process, p->ast->processes, p->ast->nr_processes,
			 SCENARIO_MAX_PROCESSES, "processes");
	if (!ret)
		process->name = *name;
	return ret;
}

/* NAME SIZE, behind `P: mmap` */
static int parse_mapped(struct parser *p, struct scenario_variable *variable)
{
	uint32_t before;
	int ret = parse_new_name(p, &variable->name, "the name of a variable");

	if (ret)
		return ret;
	before = scenario_find_variable(p->ast, variable->process, variable->name.text);
	if (before != SCENARIO_NONE)
		return parse_error(p, variable->name.pos, "`%s:%s` is mapped twice, first in line "
				   "%u\nchoose another name", variable->process_name.text,
				   variable->name.text, p->ast->variables[before].name.pos.line);
	variable->size_pos = p->tok.pos;
	variable->pos = srcpos_join(variable->process_name.pos, p->tok.pos);
	ret = parse_number(p, &variable->size, number_sizes, "a size in bytes, as in 4K or 2M");
	if (!ret && !variable->size)
		ret = parse_error(p, variable->size_pos, "a mapping of no bytes\n"
				  "map at least a page: 4K");
	return ret;
}

/* mmap NAME SIZE {FLAG}, behind `P:` */
static int parse_mapping_after(struct parser *p, const struct scenario_name *process,
			       struct scenario_setup *setup)
{
	struct scenario_variable new = {.process_name = *process, .inherited = SCENARIO_NONE},
				 *variable;
	int ret = parse_advance(p);

	if (!ret)
		ret = parse_declare_process(p, process, &new.process);
	if (!ret)
		ret = parse_mapped(p, &new);
	while (!ret && p->tok.kind != TOK_SEMICOLON && p->tok.kind != TOK_CLOSE_BRACE)
		ret = parse_flag(p, &new);
	setup->kind = SCENARIO_SETUP_MAPPING;
	setup->variable = p->ast->nr_variables;
	if (!ret)
		ret = PARSE_PUSH(p, &variable, p->ast->variables, p->ast->nr_variables,
				 SCENARIO_MAX_VARIABLES, "variables");
	if (!ret)
		*variable = new;
	return ret;
}

/* by COLUMN: somebody must do it, but time passes for all */
static int parse_by(struct parser *p, struct scenario_stmt *stmt)
{
	int ret;

	if (stmt->kind == SCENARIO_TICK) {
		if (parse_at_word(p, "by"))
			return parse_error(p, p->tok.pos, "time passes for every column\n"
					   "leave out `by`");
		return 0;
	}
	if (!parse_at_word(p, "by"))
		return parse_wrong(p, "`by`", "say which column does this before the columns "
				   "start: ... by COLUMN;");
	ret = parse_advance(p);
	return ret ? ret : parse_any_word(p, &stmt->by, "a column", NULL);
}

/* What begins with `first` and is neither a setting nor a mapping. */
static int parse_setup_stmt(struct parser *p, const struct scenario_name *first, bool colon,
			    struct scenario_stmt *stmt)
{
	int ret;

	if (colon) {
		stmt->column = SCENARIO_NONE;
		ret = parse_store_after(p, first, stmt);
	} else {
		ret = parse_stmt_after(p, first, stmt);
	}
	return ret ? ret : parse_by(p, stmt);
}

/* One thing of the initial state, without its `;`. */
static int parse_item(struct parser *p)
{
	struct scenario_setup *setup;
	struct scenario_name first;
	bool colon;
	int ret = parse_any_word(p, &first, "a setting, a mapping, a statement or `}`",
				 "the initial state holds: key = value; P: mmap x 2M; "
				 "P:x = 1 by COLUMN; and ends with }");

	if (ret)
		return ret;
	if (p->tok.kind == TOK_EQUAL && parse_register(first.text) == SCENARIO_NONE)
		return parse_setting_after(p, &first);
	ret = PARSE_PUSH(p, &setup, p->ast->setup, p->ast->nr_setup, SCENARIO_MAX_SETUP,
			 "mappings and statements in the initial state");
	colon = p->tok.kind == TOK_COLON;
	if (!ret && colon)
		ret = parse_advance(p);
	if (ret)
		return ret;
	if (colon && parse_at_word(p, "mmap"))
		return parse_mapping_after(p, &first, setup);
	if (colon && parse_at_word(p, "fork"))
		return parse_fork_after(p, &first, setup);
	return parse_setup_stmt(p, &first, colon, &setup->stmt);
}

int parse_init(struct parser *p)
{
	int ret = parse_expect(p, TOK_OPEN_BRACE, "`{`",
			       "behind the sentence comes the initial state: { machine = ...; }");

	while (!ret && p->tok.kind != TOK_CLOSE_BRACE) {
		ret = parse_item(p);
		if (ret || p->tok.kind == TOK_CLOSE_BRACE)
			break;
		ret = parse_expect(p, TOK_SEMICOLON, "`;`",
				   "things of the initial state are separated by `;`");
	}
	return ret ? ret : parse_advance(p);
}
