/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario/lex_text.h"
#include "scenario/diag.h"
#include "scenario/utf8.h"

#include <string.h>

/* Most of any scenario: needs no closer look. */
static bool plain(unsigned char c)
{
	return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t';
}

static int bad_character(struct lexer *lex, const char *what)
{
	struct srcpos pos = {lex->line, lex->at - lex->line_start + 1, 1};

	return scenario_error_at(lex->err, -EINVAL, lex->ast, pos, "%s", what);
}

/* What is wrong with the character at lex->at, or step over it. */
static int check_character(struct lexer *lex)
{
	uint32_t character;
	unsigned bytes = utf8_decode(&character, lex->at, lex->end - lex->at);

	if (!bytes)
		return bad_character(lex, "this is not UTF-8\nsave the file as UTF-8 text");
	if (character == '\r' && lex->at + 1 < lex->end && lex->at[1] == '\n')
		lex->at++;
	else if (!utf8_is_text(character))
		return bad_character(lex, "a control character\n"
				     "a scenario is text: of control characters, only tabs and "
				     "line ends may stand in it");
	else
		lex->at += bytes;
	return 0;
}

static void rewind_text(struct lexer *lex)
{
	lex->at = lex->ast->text;
	lex->line_start = lex->at;
	lex->line = 1;
	lex->after = (struct srcpos){1, 1, 1};
}

int lex_init(struct lexer *lex, const struct scenario_ast *ast, struct numasim_error *err)
{
	*lex = (struct lexer){.ast = ast, .err = err, .end = ast->text + ast->len};
	rewind_text(lex);
	while (lex->at < lex->end) {
		if (*lex->at == '\n') {
			lex->line++;
			lex->line_start = lex->at + 1;
		}
		if (plain(*lex->at))
			lex->at++;
		else if (check_character(lex))
			return -EINVAL;
	}
	rewind_text(lex);
	return 0;
}

/* What people write who come from other languages, and what to write here. */
static const char *habit(const char *text, size_t len)
{
	static const struct {
		const char *written, *help;
	} habits[] = {
		{"//", "a comment begins with # or stands between (* and *)"},
		{"/*", "a comment begins with # or stands between (* and *)"},
		{"/", "\"and\" is /\\; a name with / in it is written in quotes: \"14/15\""},
		{"\\", "\"or\" is \\/ and \"and\" is /\\"},
		{"&", "\"and\" is /\\"},
		{"!", "\"not\" is ~ and \"unequal\" is !="},
		{"-", "a - stands only inside a word; there are no negative numbers"},
		{"'", "a string stands between \" and \""},
		{"<", "values are compared with = and !="},
		{">", "values are compared with = and !="},
		{"[", "a location is PROCESS:VARIABLE, with an offset PROCESS:VARIABLE+8"},
		{"*", "a comment begins with # or stands between (* and *)"},
	};

	for (unsigned i = 0; i < sizeof(habits) / sizeof(habits[0]); i++) {
		size_t size = strlen(habits[i].written);

		if (size <= len && !memcmp(text, habits[i].written, size))
			return habits[i].help;
	}
	return "outside of strings and comments, a scenario is written in ASCII letters, digits, "
	       "_ and { } ( ) ; : , | @ = + ~ / \\";
}

int lex_unknown(struct lexer *lex, struct srcpos pos)
{
	size_t left = lex->end - lex->at;
	uint32_t character;

	pos.length = utf8_decode(&character, lex->at, left);
	return scenario_error_at(lex->err, -EINVAL, lex->ast, pos, "`%.*s` means nothing here\n%s",
				 (int)pos.length, lex->at, habit(lex->at, left));
}

const char *token_name(enum token_kind kind)
{
	static const char *const names[] = {
		[TOK_END] = "the end of the file", [TOK_WORD] = "a word",
		[TOK_NUMBER] = "a number",	   [TOK_STRING] = "a string",
		[TOK_OPEN_BRACE] = "`{`",	   [TOK_CLOSE_BRACE] = "`}`",
		[TOK_OPEN] = "`(`",		   [TOK_CLOSE] = "`)`",
		[TOK_SEMICOLON] = "`;`",	   [TOK_COLON] = "`:`",
		[TOK_COMMA] = "`,`",		   [TOK_BAR] = "`|`",
		[TOK_AT] = "`@`",		   [TOK_EQUAL] = "`=`",
		[TOK_UNEQUAL] = "`!=`",		   [TOK_PLUS] = "`+`",
		[TOK_TILDE] = "`~`",		   [TOK_AND] = "`/\\`",
		[TOK_OR] = "`\\/`",
	};

	return names[kind];
}
