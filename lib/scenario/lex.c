/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario/lex.h"
#include "scenario/diag.h"
#include "scenario/lex_text.h"

#include <string.h>

static struct srcpos here(const struct lexer *lex, size_t length)
{
	return (struct srcpos){lex->line, lex->at - lex->line_start + 1, length};
}

static char peek(const struct lexer *lex, size_t ahead)
{
	return ahead < (size_t)(lex->end - lex->at) ? lex->at[ahead] : '\0';
}

static void line_feed(struct lexer *lex)
{
	lex->line++;
	lex->line_start = lex->at + 1;
}

/* From (* to the *) that belongs to it. */
static int skip_comment(struct lexer *lex)
{
	struct srcpos opened = here(lex, 2);
	unsigned depth = 0;

	do {
		if (lex->at == lex->end)
			return scenario_error_at(lex->err, -EINVAL, lex->ast, opened,
						 "this comment does not end\nclose it with *)");
		if (peek(lex, 0) == '(' && peek(lex, 1) == '*') {
			if (++depth > SCENARIO_MAX_NESTING)
				return scenario_error_at(lex->err, -EINVAL, lex->ast, here(lex, 2),
							 "more than %d comments in one another",
							 SCENARIO_MAX_NESTING);
			lex->at++;
		} else if (peek(lex, 0) == '*' && peek(lex, 1) == ')') {
			depth--;
			lex->at++;
		} else if (peek(lex, 0) == '\n') {
			line_feed(lex);
		}
		lex->at++;
	} while (depth);
	return 0;
}

/* Blanks, line ends and comments. */
static int skip_blank(struct lexer *lex)
{
	for (; lex->at < lex->end; lex->at++) {
		switch (*lex->at) {
		case '\n':
			line_feed(lex);
			break;
		case ' ':
		case '\t':
		case '\r':
			break;
		case '#':
			while (lex->at + 1 < lex->end && lex->at[1] != '\n')
				lex->at++;
			break;
		case '(':
			if (peek(lex, 1) != '*')
				return 0;
			if (skip_comment(lex))
				return -EINVAL;
			lex->at--;
			break;
		default:
			return 0;
		}
	}
	return 0;
}

static bool is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* A word or a number: . and - belong to it if it goes on behind them. */
static int lex_word(struct lexer *lex, struct token *token)
{
	size_t size = 1;

	while (is_word_char(peek(lex, size)) ||
	       ((peek(lex, size) == '.' || peek(lex, size) == '-') &&
		is_word_char(peek(lex, size + 1))))
		size++;
	token->kind = *lex->at >= '0' && *lex->at <= '9' ? TOK_NUMBER : TOK_WORD;
	token->size = size;
	token->pos = here(lex, size);
	if (size > SCENARIO_MAX_NAME)
		return scenario_error_at(lex->err, -EINVAL, lex->ast, token->pos,
					 "%s of %zu letters\nuse at most %d",
					 token_name(token->kind), size, SCENARIO_MAX_NAME);
	return 0;
}

static int string_error(struct lexer *lex, size_t at, size_t length, const char *message)
{
	struct srcpos pos = here(lex, length);

	pos.column += at;
	return scenario_error_at(lex->err, -EINVAL, lex->ast, pos, "%s", message);
}

static int lex_string(struct lexer *lex, struct token *token)
{
	size_t size = 1, decoded = 0;

	for (; peek(lex, size) != '"'; size++, decoded++) {
		char c = peek(lex, size);

		if (c == '\n' || c == '\r' || lex->at + size >= lex->end)
			return string_error(lex, 0, size, "this string does not end in its line\n"
					    "close it with \"");
		if (c == '\t')
			return string_error(lex, size, 1, "a tab in a string\nuse blanks");
		if (c != '\\')
			continue;
		c = peek(lex, size + 1);
		if (c != '"' && c != '\\')
			return string_error(lex, size, 2, "a backslash that escapes nothing\n"
					    "in a string, write \\\\ for \\ and \\\" for \"");
		size++;
	}
	if (decoded > SCENARIO_MAX_STRING)
		return string_error(lex, 0, size + 1, "a string of more than 512 bytes\n"
				    "make it shorter");
	token->kind = TOK_STRING;
	token->text = lex->at + 1;
	token->size = size - 1;
	token->pos = here(lex, size + 1);
	return 0;
}

/* Signs of one or two characters. */
static int lex_sign(struct lexer *lex, struct token *token)
{
	static const struct {
		char sign[3];
		enum token_kind kind;
	} signs[] = {
		{"{", TOK_OPEN_BRACE}, {"}", TOK_CLOSE_BRACE}, {"(", TOK_OPEN},
		{")", TOK_CLOSE},      {";", TOK_SEMICOLON},   {":", TOK_COLON},
		{",", TOK_COMMA},      {"|", TOK_BAR},	       {"@", TOK_AT},
		{"=", TOK_EQUAL},      {"!=", TOK_UNEQUAL},    {"+", TOK_PLUS},
		{"~", TOK_TILDE},      {"/\\", TOK_AND},       {"\\/", TOK_OR},
	};
	size_t left = lex->end - lex->at;

	for (unsigned i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		size_t size = strlen(signs[i].sign);

		if (size > left || memcmp(lex->at, signs[i].sign, size))
			continue;
		token->kind = signs[i].kind;
		token->size = size;
		token->pos = here(lex, size);
		return 0;
	}
	return lex_unknown(lex, here(lex, 1));
}

int lex_next(struct lexer *lex, struct token *token)
{
	int ret = skip_blank(lex);

	if (ret)
		return ret;
	*token = (struct token){.kind = TOK_END, .text = lex->at, .pos = lex->after};
	if (lex->at == lex->end)
		return 0;
	if (is_word_char(*lex->at))
		ret = lex_word(lex, token);
	else if (*lex->at == '"')
		ret = lex_string(lex, token);
	else
		ret = lex_sign(lex, token);
	if (ret)
		return ret;
	lex->at += token->pos.length;
	lex->after = here(lex, 1);
	return 0;
}
