/* SPDX-License-Identifier: BSD-2-Clause */
/* name(argument, ...): what columns call and what reach waits for. */
#include "scenario/parser.h"
#include "scenario/diag.h"

/* Behind an argument stands neither `,` nor `)`: was the call to be a condition? */
static int not_a_call(const struct parser *p, const struct scenario_name *name)
{
	struct suggest suggest = SUGGEST(name->text);

	suggest_offer_list(&suggest, (const char *const[]){"forall", "exists", NULL});
	if (suggest.best && (p->tok.kind == TOK_EQUAL || p->tok.kind == TOK_UNEQUAL))
		return parse_error(p, name->pos, "`%s` begins no condition\ndid you mean `%s`?",
				   name->text, suggest.best);
	return parse_wrong(p, "`,` or `)`",
			   "an argument is a word, a number, a location or a string");
}

/* ARGUMENT {, ARGUMENT}, up to the closing parenthesis */
static int parse_args(struct parser *p, struct scenario_call *call)
{
	struct scenario_value *value;
	int ret;

	do {
		ret = PARSE_PUSH(p, &value, call->args, call->nr_args, SCENARIO_MAX_ARGS,
				 "arguments");
		if (!ret)
			ret = parse_value(p, value, VALUE_MAY_BE_LOCATION);
		if (ret || p->tok.kind == TOK_CLOSE)
			return ret;
		if (p->tok.kind != TOK_COMMA)
			return not_a_call(p, &call->name);
		ret = parse_advance(p);
		if (!ret && p->tok.kind == TOK_CLOSE)
			ret = parse_wrong(p, "an argument", "leave out the last `,`");
	} while (!ret);
	return ret;
}

/* (ARGUMENT, ...), behind the name */
int parse_call_after(struct parser *p, const struct scenario_name *name,
		     struct scenario_call *call)
{
	struct srcpos last;
	int ret = parse_expect(p, TOK_OPEN, "`(`", "a call is name() or name(argument, ...)");

	call->name = *name;
	if (!ret && p->tok.kind != TOK_CLOSE)
		ret = parse_args(p, call);
	last = p->tok.pos;
	if (!ret)
		ret = parse_advance(p);
	call->pos = srcpos_join(name->pos, last);
	return ret;
}
