/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario/parse.h"
#include "scenario/diag.h"
#include "scenario/parser.h"

#include <stdlib.h>
#include <string.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* NUMASIM name "sentence" */
static int parse_head(struct parser *p)
{
	struct scenario_ast *ast = p->ast;
	int ret;

	if (!parse_at_word(p, "NUMASIM"))
		return parse_wrong(p, "`NUMASIM`", "a scenario begins with: NUMASIM its-name");
	ret = parse_advance(p);
	if (!ret)
		ret = parse_any_word(p, &ast->name, "the scenario's name",
				     "a name begins with a letter and has letters, digits, _ and, "
				     "inside, - and .");
	if (!ret)
		ret = parse_string(p, &ast->sentence, "a string",
				   "say in a sentence what the scenario shows: \"...\"");
	if (!ret && !*ast->sentence.text)
		ret = parse_error(p, ast->sentence.pos,
				  "an empty sentence\nsay what the scenario shows");
	return ret;
}

/* The last section is over: why does the file go on? */
static int parse_tail(struct parser *p)
{
	struct suggest suggest;
	struct scenario_name word;
	int ret;

	if (p->tok.kind == TOK_END)
		return 0;
	if (p->tok.kind == TOK_WORD && parse_at_section(p))
		return parse_error(p, p->tok.pos, "`%.*s` stands too late or twice\nthe order is: "
				   "condition, reach, expect; each at most once",
				   (int)p->tok.size, p->tok.text);
	if (p->ast->nr_expects)
		return parse_wrong(p, "`,`, `;` or the end of the file",
				   "verdicts are separated by `,`, entries of expect by `;`");
	if (p->tok.kind != TOK_WORD)
		return parse_wrong(p, p->ast->nr_events ?
				   "`,`, `expect` or the end of the file" :
				   "`reach`, `expect` or the end of the file",
				   "below the table come a condition, reach and expect");
	ret = parse_any_word(p, &word, "", NULL);
	if (ret)
		return ret;
	suggest = SUGGEST(word.text);
	suggest_offer_list(&suggest, (const char *const[]){"reach", "expect", NULL});
	return parse_error(p, word.pos, "nothing begins with `%s` here\n%s%s%s", word.text,
			   suggest.best ? "did you mean `" : "below the table come a condition, "
			   "reach and expect", suggest.best ?: "", suggest.best ? "`?" : "");
}

static int parse_file(struct parser *p)
{
	int ret = parse_advance(p);

	if (!ret)
		ret = parse_head(p);
	if (!ret)
		ret = parse_init(p);
	if (!ret)
		ret = parse_table(p);
	if (!ret)
		ret = parse_condition(p);
	if (!ret)
		ret = parse_reach(p);
	if (!ret)
		ret = parse_expects(p);
	if (!ret)
		ret = parse_tail(p);
	return ret;
}

/* An AST that has a text and nothing else yet; NULL: out of memory. */
static struct scenario_ast *ast_create(const char *text, size_t len, const char *filename,
				       size_t memory)
{
	struct scenario_ast *ast = calloc(1, sizeof(*ast));

	if (!ast)
		return NULL;
	bump_init(&ast->bump, memory);
	ast->filename = bump_text(&ast->bump, filename, strlen(filename));
	ast->text = bump_text(&ast->bump, text, len);
	ast->len = len;
	if (ast->filename && ast->text)
		return ast;
	scenario_ast_free(ast);
	return NULL;
}

int scenario_parse_within(struct scenario_ast **ast, const char *text, size_t len,
			  const char *filename, size_t memory, struct numasim_error *err)
{
	size_t mark = strlen(BYTE_ORDER_MARK);
	struct parser p = {.err = err};
	int ret;

	*ast = NULL;
	filename = filename ?: "scenario";
	if (len > SCENARIO_MAX_BYTES)
		return error_set(err, -EFBIG, "%.200s: %zu bytes\n"
				 "  help: a scenario has at most %u", filename, len,
				 SCENARIO_MAX_BYTES);
	if (len >= mark && !memcmp(text, BYTE_ORDER_MARK, mark)) {
		text += mark;
		len -= mark;
	}
	p.ast = ast_create(text, len, filename, memory);
	if (!p.ast)
		return error_set(err, -ENOMEM, "%.200s: out of memory", filename);
	ret = lex_init(&p.lex, p.ast, err);
	if (!ret)
		ret = parse_file(&p);
	if (!ret)
		ret = resolve_names(p.ast, err);
	if (ret)
		scenario_ast_free(p.ast);
	else
		*ast = p.ast;
	return ret;
}

int scenario_parse(struct scenario_ast **ast, const char *text, size_t len, const char *filename,
		   struct numasim_error *err)
{
	return scenario_parse_within(ast, text, len, filename, SCENARIO_MAX_MEMORY, err);
}

void scenario_ast_free(struct scenario_ast *ast)
{
	if (!ast)
		return;
	bump_destroy(&ast->bump);
	free(ast);
}
