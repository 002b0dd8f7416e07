/* SPDX-License-Identifier: BSD-2-Clause */
/* Names, numbers, strings, locations, releases: what sections are made of. */
#include "scenario/parser.h"
#include "scenario/diag.h"

#include <string.h>

static int take_text(struct parser *p, struct scenario_name *name)
{
	name->text = bump_text(&p->ast->bump, p->tok.text, p->tok.size);
	name->pos = p->tok.pos;
	return name->text ? parse_advance(p) : parse_no_memory(p);
}

int parse_any_word(struct parser *p, struct scenario_name *name, const char *what,
		   const char *help)
{
	if (p->tok.kind != TOK_WORD)
		return parse_wrong(p, what, help);
	return take_text(p, name);
}

/* A word that names something new: neither a register nor reserved, no . or - in it. */
int parse_new_name(struct parser *p, struct scenario_name *name, const char *what)
{
	int ret = parse_any_word(p, name, what, "a name begins with a letter and has letters, "
				 "digits and _");

	if (ret)
		return ret;
	if (parse_is_reserved(name->text))
		return parse_error(p, name->pos, "`%s` has a meaning of its own\n"
				   "choose another name", name->text);
	if (parse_register(name->text) != SCENARIO_NONE)
		return parse_error(p, name->pos, "`%s` is the name of a register\n"
				   "choose another name", name->text);
	if (strpbrk(name->text, "-."))
		return parse_error(p, name->pos, "`%s` cannot be %s\na name here has letters, "
				   "digits and _", name->text, what);
	return 0;
}

/* Leave out the backslashes that escape. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; *to++ = *text++)
		if (*text == '\\')
			text++;
	*to = '\0';
}

int parse_string(struct parser *p, struct scenario_name *string, const char *what,
		 const char *help)
{
	char *text;

	if (p->tok.kind != TOK_STRING)
		return parse_wrong(p, what, help);
	text = bump_text(&p->ast->bump, p->tok.text, p->tok.size);
	if (!text)
		return parse_no_memory(p);
	unescape(text);
	*string = (struct scenario_name){text, p->tok.pos};
	return parse_advance(p);
}

int parse_number(struct parser *p, uint64_t *number, const struct number_unit *units,
		 const char *what)
{
	const char *why;

	if (p->tok.kind != TOK_NUMBER)
		return parse_wrong(p, what, p->tok.kind == TOK_EQUAL ?
				   "values are set and compared with a single =" : NULL);
	if (number_parse(number, p->tok.text, p->tok.size, units, &why))
		return parse_error(p, p->tok.pos, "`%.*s`: %s", (int)p->tok.size, p->tok.text, why);
	return parse_advance(p);
}

uint32_t parse_register(const char *word)
{
	uint64_t number;
	const char *why;

	if (word[0] != 'r' || word[1] < '0' || word[1] > '9' ||
	    number_parse(&number, word + 1, strspn(word + 1, "0123456789"), number_sizes, &why) ||
	    word[1 + strspn(word + 1, "0123456789")] || number >= SCENARIO_MAX_REGISTERS)
		return SCENARIO_NONE;
	return number;
}

/* VARIABLE[+OFFSET], behind PROCESS and the colon */
int parse_location_after(struct parser *p, const struct scenario_name *process,
			 struct scenario_location *location)
{
	struct srcpos last = p->tok.pos;
	int ret;

	location->process_name = *process;
	ret = parse_any_word(p, &location->variable_name, "a variable",
			     "a location is PROCESS:VARIABLE or PROCESS:VARIABLE+OFFSET");
	if (!ret && p->tok.kind == TOK_PLUS) {
		ret = parse_advance(p);
		last = p->tok.pos;
		if (!ret)
			ret = parse_number(p, &location->offset, number_sizes,
					   "an offset in bytes");
	}
	location->pos = srcpos_join(process->pos, last);
	return ret;
}

static const char location_help[] = "a location is PROCESS:VARIABLE or PROCESS:VARIABLE+OFFSET";

int parse_location_rest(struct parser *p, const struct scenario_name *process,
			struct scenario_location *location)
{
	int ret = parse_expect(p, TOK_COLON, "`:` and a variable", location_help);

	return ret ? ret : parse_location_after(p, process, location);
}

int parse_location(struct parser *p, struct scenario_location *location)
{
	struct scenario_name process;
	int ret = parse_any_word(p, &process, "a location", location_help);

	return ret ? ret : parse_location_rest(p, &process, location);
}

static int parse_change(struct parser *p, struct scenario_change *change)
{
	static const char help[] = "a row is a commit id, a name or a string: v3.13+20841405940e, "
				   "v3.13~mashed, v3.13+\"14/15\"";

	int ret;

	change->with = p->tok.kind == TOK_PLUS;
	ret = parse_advance(p);
	if (ret)
		return ret;
	if (p->tok.kind == TOK_WORD || p->tok.kind == TOK_NUMBER)
		return take_text(p, &change->row);
	ret = parse_string(p, &change->row, "a row", help);
	if (!ret && !*change->row.text)
		return parse_error(p, change->row.pos, "an empty name\n%s", help);
	return ret;
}

/* {+ROW|~ROW}, behind the release's name */
int parse_changes(struct parser *p, struct scenario_release *release)
{
	struct scenario_change *change;
	int ret;

	release->pos = release->name.pos;
	while (p->tok.kind == TOK_PLUS || p->tok.kind == TOK_TILDE) {
		ret = PARSE_PUSH(p, &change, release->changes, release->nr_changes,
				 SCENARIO_MAX_CHANGES, "rows added to or taken from a release");
		if (!ret)
			ret = parse_change(p, change);
		if (ret)
			return ret;
		release->pos = srcpos_join(release->pos, change->row.pos);
	}
	return 0;
}

int parse_release(struct parser *p, struct scenario_release *release)
{
	int ret = parse_any_word(p, &release->name, "a release",
				 "a release is v3.13-rc4 or debian-6.1.192; rows follow with + "
				 "and ~");

	return ret ? ret : parse_changes(p, release);
}

/* A word, and what may follow it. */
static int parse_word_value(struct parser *p, struct scenario_value *value, unsigned may_be)
{
	struct scenario_name word;
	int ret = take_text(p, &word);

	if (ret)
		return ret;
	if (p->tok.kind == TOK_COLON && (may_be & VALUE_MAY_BE_LOCATION)) {
		value->kind = SCENARIO_LOCATION;
		ret = parse_advance(p);
		if (!ret)
			ret = parse_location_after(p, &word, &value->location);
		value->pos = value->location.pos;
		return ret;
	}
	value->kind = SCENARIO_WORD;
	value->text = word.text;
	value->pos = word.pos;
	value->release.name = word;
	value->release.pos = word.pos;
	if (!(may_be & VALUE_MAY_BE_RELEASE))
		return 0;
	ret = parse_changes(p, &value->release);
	value->pos = value->release.pos;
	if (value->release.nr_changes) {
		value->kind = SCENARIO_RELEASE;
		value->text = NULL;
	}
	return ret;
}

int parse_value(struct parser *p, struct scenario_value *value, unsigned may_be)
{
	struct scenario_name string = {0};
	int ret;

	value->pos = p->tok.pos;
	value->process = SCENARIO_NONE;
	value->column = SCENARIO_NONE;
	if (p->tok.kind == TOK_WORD)
		return parse_word_value(p, value, may_be);
	if (p->tok.kind == TOK_NUMBER) {
		value->kind = SCENARIO_NUMBER;
		return parse_number(p, &value->number, number_sizes, "a number");
	}
	value->kind = SCENARIO_STRING;
	ret = parse_string(p, &string,
			   may_be & VALUE_MAY_BE_LOCATION ?
				   "a word, a number, a location or a string" :
				   "a word, a number or a string",
			   NULL);
	value->text = string.text;
	return ret;
}
