/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of fields, and the printer that is driven by it. */
#include "x86/entry.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static const struct numasim_x86_field fields[] = {
#define ROW(name, first, last, shift, named, read, word, text)                                     \
	{ #name, word, text, NUMASIM_X86_BITS(first, last), first, last, shift,                    \
	  NUMASIM_X86_##named, NUMASIM_X86_##read },
	NUMASIM_X86_FIELDS(ROW)
#undef ROW
};

const struct numasim_x86_field *numasim_x86_fields(size_t *count)
{
	*count = sizeof(fields) / sizeof(fields[0]);
	return fields;
}

/* A text that grows in a buffer which may be too short for it. */
struct text {
	char *buf;
	size_t room;
	size_t len;
};

static void add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct text *t, const char *format, ...)
{
	size_t used = t->len < t->room ? t->len : t->room;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(t->room ? t->buf + used : NULL, t->room - used, format, args);
	va_end(args);
	if (len > 0)
		t->len += (size_t)len;
}

static void add_field(struct text *t, const struct numasim_x86_field *f, uint64_t value)
{
	uint64_t number = (value & f->mask) >> f->shift;
	const char *space = t->len ? " " : "";

	if (f->first == f->last)
		add(t, "%s%s", space, f->word);
	else if (f->mask == X86_PKEY)
		add(t, "%s%s=%" PRIu64, space, f->word, number);
	else
		add(t, "%s%s=0x%" PRIx64, space, f->word, number);
}

static bool is_frame(const struct numasim_x86_field *f)
{
	return f->last == 51 && f->first != f->last;
}

int numasim_x86_print_entry(char *buf, size_t n, uint64_t value, unsigned level)
{
	struct text t = { buf, n, 0 };
	enum numasim_x86_kind kind;

	if (n)
		buf[0] = '\0';
	if (level < X86_PTE || level > X86_PGD)
		return -EINVAL;
	kind = x86_kind(value, level);
	if (!value)
		add(&t, "none");
	else if (!(value & X86_P))
		add(&t, "!P");
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const struct numasim_x86_field *f = &fields[i];
		bool shown = (value & f->mask) || (is_frame(f) && (value & X86_P));

		if ((f->named_in & kind) && shown)
			add_field(&t, f, value);
	}
	return (int)t.len;
}
