/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The condition on the final state. ~ binds strongest, then /\, then \/; both group to the left.
 *
 *   condition = [ ("forall" | "exists" | "~" "exists") "(" or ")" ]
 *   or        = and { "\/" and }
 *   and       = not { "/\" not }
 *   not       = "~" not | "(" or ")" | atom
 *   atom      = ( WORD ":" WORD [ "+" NUMBER ] | call ) ( "=" | "!=" ) NUMBER
 *
 * What an atom's first word is, a process or a column, shows when names are resolved.
 */
#include "scenario/parser.h"
#include "scenario/diag.h"

static const char atom_help[] = "compare P:x = 1, P:x != 1, column:r0 = 1 or name(...) = 1; join "
				"with /\\, \\/, ~ and ( )";

static int parse_or(struct parser *p, struct scenario_cond **cond);

static int new_cond(struct parser *p, struct scenario_cond **cond, enum scenario_cond_kind kind,
		    struct srcpos pos)
{
	*cond = bump_alloc(&p->ast->bump, sizeof(**cond));
	if (!*cond)
		return parse_no_memory(p);
	(*cond)->kind = kind;
	(*cond)->pos = pos;
	return 0;
}

/* What is compared: a location, a register, or a call. */
static int parse_subject(struct parser *p, struct scenario_cond *atom, struct srcpos *pos)
{
	struct scenario_name word;
	int ret = parse_any_word(p, &word, "a comparison", atom_help);

	if (ret)
		return ret;
	if (p->tok.kind == TOK_OPEN) {
		atom->kind = SCENARIO_CALL_IS;
		ret = parse_call_after(p, &word, &atom->call);
		*pos = atom->call.pos;
	} else {
		ret = parse_location_rest(p, &word, &atom->location);
		*pos = atom->location.pos;
	}
	return ret;
}

static int parse_atom(struct parser *p, struct scenario_cond **cond)
{
	struct scenario_cond *atom;
	struct srcpos first, last;
	int ret;

	if (p->tok.kind != TOK_WORD)
		return parse_wrong(p, "a comparison", atom_help);
	if (++p->atoms > SCENARIO_MAX_ATOMS)
		return parse_error(p, p->tok.pos, "more than %d comparisons\nmake the condition "
				   "shorter", SCENARIO_MAX_ATOMS);
	ret = new_cond(p, cond, SCENARIO_LOCATION_IS, p->tok.pos);
	if (ret)
		return ret;
	atom = *cond;
	ret = parse_subject(p, atom, &first);
	if (ret)
		return ret;
	atom->equal = p->tok.kind == TOK_EQUAL;
	if (p->tok.kind != TOK_EQUAL && p->tok.kind != TOK_UNEQUAL)
		return parse_wrong(p, "`=` or `!=`", atom_help);
	ret = parse_advance(p);
	last = p->tok.pos;
	if (!ret)
		ret = parse_number(p, &atom->number, number_sizes, "a number");
	atom->pos = srcpos_join(first, last);
	return ret;
}

/* ~ and ( go deeper; everything else is an atom. */
static int parse_not(struct parser *p, struct scenario_cond **cond)
{
	enum token_kind kind = p->tok.kind;
	int ret;

	if (kind != TOK_TILDE && kind != TOK_OPEN)
		return parse_atom(p, cond);
	if (++p->depth > SCENARIO_MAX_NESTING)
		return parse_error(p, p->tok.pos, "more than %d of ( and ~ in one another\n"
				   "make the condition simpler", SCENARIO_MAX_NESTING);
	if (kind == TOK_TILDE) {
		ret = new_cond(p, cond, SCENARIO_NOT, p->tok.pos);
		if (!ret)
			ret = parse_advance(p);
		if (!ret)
			ret = parse_not(p, &(*cond)->left);
	} else {
		ret = parse_advance(p);
		if (!ret)
			ret = parse_or(p, cond);
		if (!ret)
			ret = parse_expect(p, TOK_CLOSE, "`/\\`, `\\/` or `)`", NULL);
	}
	p->depth--;
	return ret;
}

/* One operator's chain of operands, each parsed by @operand, grouped to the left. */
static int parse_chain(struct parser *p, struct scenario_cond **cond, enum token_kind operator,
		       enum scenario_cond_kind kind,
		       int (*operand)(struct parser *, struct scenario_cond **))
{
	int ret = operand(p, cond);

	while (!ret && p->tok.kind == operator) {
		struct scenario_cond *both;

		ret = new_cond(p, &both, kind, p->tok.pos);
		if (!ret)
			ret = parse_advance(p);
		if (ret)
			break;
		both->left = *cond;
		*cond = both;
		ret = operand(p, &both->right);
	}
	return ret;
}

static int parse_and(struct parser *p, struct scenario_cond **cond)
{
	return parse_chain(p, cond, TOK_AND, SCENARIO_AND, parse_not);
}

static int parse_or(struct parser *p, struct scenario_cond **cond)
{
	return parse_chain(p, cond, TOK_OR, SCENARIO_OR, parse_and);
}

static int parse_quantifier(struct parser *p)
{
	struct scenario_ast *ast = p->ast;
	struct srcpos first = p->tok.pos;
	bool not = p->tok.kind == TOK_TILDE;
	int ret = not ? parse_advance(p) : 0;

	if (ret)
		return ret;
	ast->quantifier_pos = srcpos_join(first, p->tok.pos);
	if (parse_at_word(p, "exists"))
		ast->quantifier = not ? SCENARIO_NOT_EXISTS : SCENARIO_EXISTS;
	else if (not)
		return parse_wrong(p, "`exists` behind `~`",
				   "a condition begins with forall, exists or ~exists");
	else
		ast->quantifier = SCENARIO_FORALL;
	return parse_advance(p);
}

int parse_condition(struct parser *p)
{
	int ret;

	if (p->tok.kind != TOK_TILDE && !parse_at_word(p, "forall") && !parse_at_word(p, "exists"))
		return 0;
	ret = parse_quantifier(p);
	if (!ret)
		ret = parse_expect(p, TOK_OPEN, "`(`", "a condition stands in parentheses: "
				   "forall (P:x = 2)");
	if (!ret)
		ret = parse_or(p, &p->ast->condition);
	if (!ret)
		ret = parse_expect(p, TOK_CLOSE, "`/\\`, `\\/` or `)`",
				   p->tok.kind == TOK_BAR ? "\"or\" is \\/" : NULL);
	return ret;
}
