/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the text of a scenario to tokens.
 *
 *   word      letter or _, then letters, digits, _; inside also . and -     thp-hint  v3.13-rc4
 *   number    digit, then as a word                                         2M  0x10  20841405940e
 *   string    "..." with \" and \\, on one line
 *   the rest  { } ( ) ; : , | @ = != + ~ /\ \/
 *
 * Blanks and line ends only separate tokens. A comment goes from # to the end of its line, or from
 * (* to *) over any number of lines; the latter nest.
 */
#ifndef SCENARIO_LEX_H
#define SCENARIO_LEX_H

#include "scenario/ast.h"

#include <numasim/error.h>

enum token_kind {
	TOK_END,	/* of the file; stands just behind the last token */
	TOK_WORD,
	TOK_NUMBER,	/* begins with a digit; may not be one: a commit id does too */
	TOK_STRING,	/* text and size are without the quotes, escapes as written */
	TOK_OPEN_BRACE,
	TOK_CLOSE_BRACE,
	TOK_OPEN,
	TOK_CLOSE,
	TOK_SEMICOLON,
	TOK_COLON,
	TOK_COMMA,
	TOK_BAR,
	TOK_AT,
	TOK_EQUAL,
	TOK_UNEQUAL,
	TOK_PLUS,
	TOK_TILDE,
	TOK_AND,
	TOK_OR,
};

struct token {
	enum token_kind kind;
	const char *text;	/* in the file; does not end in a zero byte */
	uint32_t size;
	struct srcpos pos;	/* quotes included */
};

struct lexer {
	const struct scenario_ast *ast;	/* text and file name */
	struct numasim_error *err;
	const char *at, *end;
	const char *line_start;
	unsigned line;
	struct srcpos after;	/* just behind the last token */
};

/*
 * Start at the beginning of ast->text, after looking at all of it: it must be UTF-8 without
 * control characters but tab and line end. 0 or -EINVAL.
 */
int lex_init(struct lexer *lex, const struct scenario_ast *ast, struct numasim_error *err);

/* The next token; at the end of the file TOK_END, again and again. 0 or -EINVAL. */
int lex_next(struct lexer *lex, struct token *token);

/* What a token is called in messages: "`;`", "a word". */
const char *token_name(enum token_kind kind);

#endif
