/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the text of an entry back to its value.
 *
 * Where the frame's bits are depends on the word PSE, which stands before or after it; so the
 * words are read twice, first only to learn the kind of the entry.
 */
#include "x86/entry.h"

#include <ctype.h>
#include <string.h>

#include "base/error.h"

struct word {
	const char *at;	   /* in the whole text */
	size_t len;	   /* up to '=' or the end of the word */
	const char *value; /* after '=', or NULL */
	size_t value_len;
};

/* The next word from @cursor on, which moves behind it; false at the end. */
static bool next_word(struct word *w, const char **cursor)
{
	size_t len;
	const char *equals;

	*cursor += strspn(*cursor, " ");
	len = strcspn(*cursor, " ");
	if (!len)
		return false;
	w->at = *cursor;
	equals = memchr(w->at, '=', len);
	w->len = equals ? (size_t)(equals - w->at) : len;
	w->value = equals ? equals + 1 : NULL;
	w->value_len = equals ? len - w->len - 1 : 0;
	*cursor += len;
	return true;
}

static bool is_word(const struct word *w, const char *name)
{
	return strlen(name) == w->len && !memcmp(w->at, name, w->len);
}

static const struct numasim_x86_field *find_field(const struct word *w, enum numasim_x86_kind kind)
{
	size_t count;
	const struct numasim_x86_field *f = numasim_x86_fields(&count);

	for (size_t i = 0; i < count; i++)
		if ((f[i].named_in & kind) && is_word(w, f[i].word))
			return &f[i];
	return NULL;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/* 0, -EINVAL (not a number) or -ERANGE (more than 64 bits). */
static int read_number(uint64_t *number, const struct word *w)
{
	bool hex = w->value_len > 2 && w->value[0] == '0' && tolower(w->value[1]) == 'x';
	uint64_t base = hex ? 16 : 10, n = 0;
	size_t i = hex ? 2 : 0;

	if (!w->value_len)
		return -EINVAL;
	for (; i < w->value_len; i++) {
		uint64_t d = (uint64_t)digit(w->value[i]);

		if (d >= base)
			return -EINVAL;
		if (__builtin_mul_overflow(n, base, &n) || __builtin_add_overflow(n, d, &n))
			return -ERANGE;
	}
	*number = n;
	return 0;
}

/* Set in @value what the field says. 0, -EINVAL or -ERANGE. */
static int set_field(uint64_t *value, const struct numasim_x86_field *f, const struct word *w)
{
	uint64_t number;
	int rc;

	if ((f->first == f->last) != !w->value)
		return -EINVAL;
	if (!w->value) {
		*value |= f->mask;
		return 0;
	}
	rc = read_number(&number, w);
	if (rc)
		return rc;
	if (number << f->shift >> f->shift != number || (number << f->shift & ~f->mask))
		return -ERANGE;
	*value |= number << f->shift;
	return 0;
}

static enum numasim_x86_kind kind_of_text(const char *text, unsigned level)
{
	const char *cursor = text;
	uint64_t pse = 0;
	struct word w;

	while (next_word(&w, &cursor))
		if (is_word(&w, "PSE"))
			pse = X86_PSE;
	return x86_kind(pse, level);
}

static int complain(struct numasim_error *err, int rc, const char *text, const struct word *w,
		    const char *why)
{
	int len = (int)(w->value ? w->len + 1 + w->value_len : w->len);

	return error_at(err, rc, 1, (unsigned)(w->at - text) + 1, "%s: '%.*s'", why,
			len > 64 ? 64 : len, w->at);
}

struct entry_parse {
	const char *text;
	enum numasim_x86_kind kind;
	uint64_t value;
	uint64_t given; /* fields named so far */
	bool absent;	/* "!P" stands there */
	bool none;	/* "none" stands there */
};

/* Take "!P" or "none", which set nothing; false if @w is neither. */
static bool take_absent(struct entry_parse *p, const struct word *w, const char **wrong)
{
	bool *flag = is_word(w, "!P") ? &p->absent : is_word(w, "none") ? &p->none : NULL;

	if (!flag || w->value)
		return false;
	if (*flag)
		*wrong = "given twice";
	*flag = true;
	return true;
}

static int take_word(struct entry_parse *p, const struct word *w, struct numasim_error *err)
{
	const struct numasim_x86_field *f;
	const char *wrong = NULL;
	int rc;

	if (take_absent(p, w, &wrong))
		return wrong ? complain(err, -EINVAL, p->text, w, wrong) : 0;
	f = find_field(w, p->kind);
	if (!f)
		return complain(err, -EINVAL, p->text, w, "no such field in this entry");
	if (p->given & f->mask)
		return complain(err, -EINVAL, p->text, w, "given twice");
	rc = set_field(&p->value, f, w);
	if (rc == -ERANGE)
		return complain(err, rc, p->text, w, "more than the field can hold");
	if (rc)
		return complain(err, rc, p->text, w, "a flag has no value, a number needs one");
	p->given |= f->mask;
	return 0;
}

/* What no single word shows to be wrong. */
static int check_whole(const struct entry_parse *p, struct numasim_error *err)
{
	if (p->none && (p->given || p->absent))
		return error_at(err, -EINVAL, 1, 1, "'none' stands alone: '%.64s'", p->text);
	if (p->absent && (p->given & X86_P))
		return error_at(err, -EINVAL, 1, 1, "an entry is either P or !P: '%.64s'", p->text);
	if (!p->none && !p->absent && !p->given)
		return error_at(err, -EINVAL, 1, 1, "no fields; the empty entry is 'none'");
	return 0;
}

int numasim_x86_parse_entry(uint64_t *value, const char *text, unsigned level,
			    struct numasim_error *err)
{
	struct entry_parse p = { .text = text };
	const char *cursor = text;
	struct word w;
	int rc = 0;

	if (level < X86_PTE || level > X86_PGD)
		return error_set(err, -EINVAL, "level %u: there are levels 1 (PTE) to 5 (PGD)",
				 level);
	p.kind = kind_of_text(text, level);
	while (!rc && next_word(&w, &cursor))
		rc = take_word(&p, &w, err);
	if (!rc)
		rc = check_whole(&p, err);
	if (!rc)
		*value = p.value;
	return rc;
}
