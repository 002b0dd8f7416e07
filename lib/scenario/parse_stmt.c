/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One statement, told apart by its first word and the sign behind it:
 *
 *   P:x = 2, P:x+8 = r0     WORD :
 *   r0 = P:x                rN =
 *   r0 = name(...)          rN = WORD (
 *   load P:x                load
 *   tick 10ms               tick
 *   name(argument, ...)     WORD (
 */
#include "scenario/parser.h"
#include "scenario/diag.h"

#include <string.h>

static const char statements[] = "statements are P:x = 1, r0 = P:x, load P:x, tick 10 and "
				 "name(...)";

/* NUMBER | REGISTER */
static int parse_stored(struct parser *p, struct scenario_stmt *stmt)
{
	struct scenario_name word;
	int ret;

	stmt->value_pos = p->tok.pos;
	stmt->reg = SCENARIO_NONE;
	if (p->tok.kind != TOK_WORD)
		return parse_number(p, &stmt->number, number_sizes, "a number or a register");
	ret = parse_any_word(p, &word, "", NULL);
	if (ret)
		return ret;
	stmt->reg = parse_register(word.text);
	if (stmt->reg == SCENARIO_NONE)
		return parse_error(p, word.pos, "expected a number or a register, found `%s`\n"
				   "registers are r0 to r%d; from memory to memory, go through one",
				   word.text, SCENARIO_MAX_REGISTERS - 1);
	return 0;
}

int parse_store_after(struct parser *p, const struct scenario_name *process,
		      struct scenario_stmt *stmt)
{
	int ret = parse_location_after(p, process, &stmt->location);

	stmt->kind = SCENARIO_STORE;
	if (!ret)
		ret = parse_expect(p, TOK_EQUAL, "`=`", p->tok.kind == TOK_UNEQUAL ?
				   "a statement stores with =; conditions stand below the table" :
				   "a store is P:x = 2 or P:x = r0; to read, write r0 = P:x or "
				   "load P:x");
	if (!ret)
		ret = parse_stored(p, stmt);
	stmt->pos = srcpos_join(process->pos, stmt->value_pos);
	return ret;
}

/* = LOCATION or = name(...), behind a register */
static int parse_load_after(struct parser *p, const struct scenario_name *reg,
			    struct scenario_stmt *stmt)
{
	static const char help[] = "a register is set from memory, r0 = P:x, or by a call, "
				   "r0 = name(...)";
	struct scenario_name word;
	int ret = parse_expect(p, TOK_EQUAL, "`=`", help);

	stmt->reg = parse_register(reg->text);
	if (!ret)
		ret = parse_any_word(p, &word, "a location", help);
	if (ret)
		return ret;
	if (p->tok.kind == TOK_OPEN) {
		stmt->kind = SCENARIO_CALL;
		ret = parse_call_after(p, &word, &stmt->call);
		stmt->pos = srcpos_join(reg->pos, stmt->call.pos);
	} else {
		stmt->kind = SCENARIO_LOAD;
		ret = parse_location_rest(p, &word, &stmt->location);
		stmt->pos = srcpos_join(reg->pos, stmt->location.pos);
	}
	return ret;
}

static int parse_tick_after(struct parser *p, const struct scenario_name *tick,
			    struct scenario_stmt *stmt)
{
	stmt->kind = SCENARIO_TICK;
	stmt->value_pos = p->tok.pos;
	stmt->pos = srcpos_join(tick->pos, p->tok.pos);
	return parse_number(p, &stmt->number, number_times, "a time, as in tick 10ms");
}

/* The word was no start of a statement: which one was meant? */
static int not_a_statement(const struct parser *p, const struct scenario_name *first)
{
	struct suggest suggest = SUGGEST(first->text);

	suggest_offer_list(&suggest, (const char *const[]){"load", "tick", "forall", "exists",
							   "reach", "expect", NULL});
	if (suggest.best)
		return parse_error(p, first->pos, "`%s` begins no statement\ndid you mean `%s`?",
				   first->text, suggest.best);
	if (p->tok.kind == TOK_EQUAL)
		return parse_error(p, first->pos, "`%s` is no register\nregisters are r0 to r%d; "
				   "memory is named PROCESS:VARIABLE", first->text,
				   SCENARIO_MAX_REGISTERS - 1);
	return parse_wrong(p, "`:`, `=` or `(` behind the first word of a statement",
			   statements);
}

int parse_stmt_after(struct parser *p, const struct scenario_name *first,
		     struct scenario_stmt *stmt)
{
	int ret;

	stmt->pos = first->pos;
	stmt->reg = SCENARIO_NONE;
	stmt->column = SCENARIO_NONE;
	if (!strcmp(first->text, "tick"))
		return parse_tick_after(p, first, stmt);
	if (!strcmp(first->text, "load")) {
		stmt->kind = SCENARIO_LOAD;
		ret = parse_location(p, &stmt->location);
		stmt->pos = srcpos_join(first->pos, stmt->location.pos);
		return ret;
	}
	if (parse_is_reserved(first->text))
		return parse_error(p, first->pos, "`%s` begins no statement\n%s", first->text,
				   statements);
	if (parse_register(first->text) != SCENARIO_NONE)
		return parse_load_after(p, first, stmt);
	if (p->tok.kind == TOK_COLON) {
		ret = parse_advance(p);
		return ret ? ret : parse_store_after(p, first, stmt);
	}
	if (p->tok.kind != TOK_OPEN)
		return not_a_statement(p, first);
	stmt->kind = SCENARIO_CALL;
	ret = parse_call_after(p, first, &stmt->call);
	stmt->pos = stmt->call.pos;
	return ret;
}

int parse_stmt(struct parser *p, struct scenario_stmt *stmt)
{
	struct scenario_name first;
	int ret = parse_any_word(p, &first, "a statement", statements);

	return ret ? ret : parse_stmt_after(p, &first, stmt);
}
