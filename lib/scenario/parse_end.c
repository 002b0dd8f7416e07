/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must happen, and what each release must show:
 *
 *   reach migrated(P:x), hint_fault(P:x)
 *   expect v3.13-rc4: lost-write;
 *          v3.13-rc4+20841405940e: no lost-write;
 *          v3.12: holds vacuously
 */
#include "scenario/parser.h"
#include "scenario/diag.h"

#include <string.h>

static int parse_event(struct parser *p)
{
	struct scenario_call *event;
	struct scenario_name name;
	int ret = PARSE_PUSH(p, &event, p->ast->events, p->ast->nr_events, SCENARIO_MAX_EVENTS,
			     "events");

	if (ret)
		return ret;
	if (parse_at_section(p))
		return parse_wrong(p, "an event", "as in: reach migrated(P:x)");
	ret = parse_any_word(p, &name, "an event", "as in: reach migrated(P:x)");
	return ret ? ret : parse_call_after(p, &name, event);
}

int parse_reach(struct parser *p)
{
	int ret;

	if (!parse_at_word(p, "reach"))
		return 0;
	do {
		ret = parse_advance(p);
		if (!ret)
			ret = parse_event(p);
	} while (!ret && p->tok.kind == TOK_COMMA);
	return ret;
}

static int parse_vacuously(struct parser *p, struct scenario_verdict *verdict)
{
	struct srcpos pos = p->tok.pos;

	if (!parse_at_word(p, "vacuously"))
		return 0;
	verdict->vacuously = true;
	verdict->pos = srcpos_join(verdict->pos, pos);
	return parse_advance(p);
}

/* holds [vacuously] | undecided | no ORACLE [vacuously] | ORACLE */
static int parse_verdict(struct parser *p, struct scenario_verdict *verdict)
{
	static const char help[] = "a verdict is ORACLE, no ORACLE, holds, holds vacuously or "
				   "undecided";
	struct scenario_name word;
	int ret = parse_any_word(p, &word, "a verdict", help);

	if (ret)
		return ret;
	verdict->pos = word.pos;
	if (!strcmp(word.text, "vacuously"))
		return parse_error(p, word.pos, "`vacuously` without what holds\n%s", help);
	if (!strcmp(word.text, "holds")) {
		verdict->kind = SCENARIO_HOLDS;
		return parse_vacuously(p, verdict);
	}
	if (!strcmp(word.text, "undecided")) {
		verdict->kind = SCENARIO_UNDECIDED;
		return 0;
	}
	verdict->kind = SCENARIO_BREAKS;
	verdict->oracle = word;
	if (strcmp(word.text, "no"))
		return 0;
	verdict->kind = SCENARIO_KEEPS;
	ret = parse_any_word(p, &verdict->oracle, "an oracle behind `no`", help);
	verdict->pos = srcpos_join(word.pos, verdict->oracle.pos);
	return ret ? ret : parse_vacuously(p, verdict);
}

/* The verdicts of one entry must go together. */
static int check_verdict(const struct parser *p, const struct scenario_expect *expect)
{
	const struct scenario_verdict *last = &expect->verdicts[expect->nr_verdicts - 1];

	for (const struct scenario_verdict *other = expect->verdicts; other < last; other++) {
		if (!last->oracle.text || !other->oracle.text)
			return parse_error(p, last->oracle.text ? other->pos : last->pos,
					   "this verdict stands alone\nname oracles, or say "
					   "`holds` or `undecided`, but not both");
		if (!strcmp(last->oracle.text, other->oracle.text))
			return parse_error(p, last->pos, "a second verdict on `%s`\n"
					   "leave one of them out", last->oracle.text);
	}
	return 0;
}

static bool same_release(const struct scenario_release *a, const struct scenario_release *b)
{
	if (strcmp(a->name.text, b->name.text) || a->nr_changes != b->nr_changes)
		return false;
	for (unsigned i = 0; i < a->nr_changes; i++)
		if (a->changes[i].with != b->changes[i].with ||
		    strcmp(a->changes[i].row.text, b->changes[i].row.text))
			return false;
	return true;
}

static int check_release(const struct parser *p, const struct scenario_expect *expect)
{
	const struct scenario_expect *other = p->ast->expects;

	while (other < expect && !same_release(&other->release, &expect->release))
		other++;
	if (other < expect)
		return parse_error(p, expect->release.pos, "a second entry for this release, first "
				   "in line %u\nwrite its verdicts behind one another: v3.13: "
				   "lost-write, no deadlock", other->release.pos.line);
	return 0;
}

/* RELEASE : VERDICT, ... */
static int parse_entry(struct parser *p)
{
	struct scenario_verdict *verdict;
	struct scenario_expect *expect;
	int ret = PARSE_PUSH(p, &expect, p->ast->expects, p->ast->nr_expects, SCENARIO_MAX_EXPECTS,
			     "entries of expect");

	if (!ret)
		ret = parse_release(p, &expect->release);
	if (!ret)
		ret = check_release(p, expect);
	if (!ret && p->tok.kind != TOK_COLON)
		ret = parse_wrong(p, "`:` and a verdict", "as in: expect v3.13-rc4: lost-write");
	while (!ret) {
		ret = parse_advance(p);
		if (!ret)
			ret = PARSE_PUSH(p, &verdict, expect->verdicts, expect->nr_verdicts,
					 SCENARIO_MAX_VERDICTS, "verdicts of an entry");
		if (!ret)
			ret = parse_verdict(p, verdict);
		if (!ret)
			ret = check_verdict(p, expect);
		if (p->tok.kind != TOK_COMMA)
			break;
	}
	return ret;
}

int parse_expects(struct parser *p)
{
	int ret;

	if (!parse_at_word(p, "expect"))
		return 0;
	do {
		ret = parse_advance(p);
		if (!ret && p->ast->nr_expects && p->tok.kind == TOK_END)
			return 0; /* a `;` may follow the last entry */
		if (!ret && parse_at_section(p) && p->tok.kind == TOK_WORD)
			return 0; /* parse_tail() says what is wrong */
		if (!ret)
			ret = parse_entry(p);
	} while (!ret && p->tok.kind == TOK_SEMICOLON);
	return ret;
}
