/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario/parser.h"
#include "scenario/diag.h"

#include <stdarg.h>
#include <string.h>

int parse_advance(struct parser *p)
{
	return lex_next(&p->lex, &p->tok);
}

int parse_error(const struct parser *p, struct srcpos pos, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	scenario_error_va(p->err, -EINVAL, p->ast, pos, format, args);
	va_end(args);
	return -EINVAL;
}

int parse_no_memory(const struct parser *p)
{
	return scenario_error_at(p->err, -ENOMEM, p->ast, p->tok.pos,
				 "out of memory while this was read");
}

/* "expected WHAT, found TOKEN"; help may be NULL. */
int parse_wrong(const struct parser *p, const char *what, const char *help)
{
	const char *found = token_name(p->tok.kind);
	const char *feed = help ? "\n" : "";

	if (p->tok.kind == TOK_WORD || p->tok.kind == TOK_NUMBER)
		return parse_error(p, p->tok.pos, "expected %s, found `%.*s`%s%s", what,
				   (int)p->tok.size, p->tok.text, feed, help ?: "");
	return parse_error(p, p->tok.pos, "expected %s, found %s%s%s", what, found, feed,
			   help ?: "");
}

int parse_expect(struct parser *p, enum token_kind kind, const char *what, const char *help)
{
	return p->tok.kind == kind ? parse_advance(p) : parse_wrong(p, what, help);
}

bool parse_at_word(const struct parser *p, const char *word)
{
	return p->tok.kind == TOK_WORD && strlen(word) == p->tok.size &&
	       !memcmp(word, p->tok.text, p->tok.size);
}

/* Words that begin something: nothing else can have their name. */
static const char *const reserved[] = {
	"forall", "exists", "reach", "expect", /* sections: these four first */
	"NUMASIM", "mmap", "load", "tick", "by", NULL,
};

#define NR_SECTIONS 4

bool parse_is_reserved(const char *word)
{
	for (unsigned i = 0; reserved[i]; i++)
		if (!strcmp(word, reserved[i]))
			return true;
	return false;
}

/* At a token that begins a section, or at the end: no row begins here. */
bool parse_at_section(const struct parser *p)
{
	if (p->tok.kind == TOK_END || p->tok.kind == TOK_TILDE)
		return true;
	for (unsigned i = 0; i < NR_SECTIONS; i++)
		if (parse_at_word(p, reserved[i]))
			return true;
	return false;
}

int parse_push(struct parser *p, void **slot, void **list, unsigned *nr, size_t size, unsigned max,
	       const char *what)
{
	if (*nr >= max)
		return parse_error(p, p->tok.pos, "more than %u %s\nsplit the scenario in two", max,
				   what);
	*slot = bump_push(&p->ast->bump, list, nr, size);
	return *slot ? 0 : parse_no_memory(p);
}
