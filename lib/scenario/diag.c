/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An error's text has five parts; each has its share of NUMASIM_ERROR_TEXT, so that an overlong one
 * cannot push the others out:
 *
 *   file:line:column: message      DIAG_FILE + DIAG_MESSAGE
 *     source line                  DIAG_SOURCE columns around the caret
 *     ^~~~                         as many
 *     help: how to mend it         DIAG_HELP
 */
#include "scenario/diag.h"
#include "scenario/utf8.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define DIAG_FILE    160
#define DIAG_MESSAGE 288
#define DIAG_HELP    224
#define DIAG_SOURCE  100
#define DIAG_CUT     "..."

#define DIAG_WHOLE	  80	/* bytes: a line is shown from its start if the caret is before */
#define DIAG_BEFORE	  60	/* otherwise from this many bytes before the caret */
#define DIAG_SOURCE_BYTES 200	/* wide characters need more bytes than columns */

struct srcpos srcpos_join(struct srcpos first, struct srcpos last)
{
	if (first.line == last.line && last.column >= first.column)
		first.length = last.column + last.length - first.column;
	return first;
}

/* A text that stops growing when it is full; `full` bytes hold the terminating zero too. */
struct out {
	char *text;
	size_t len, full;
};

static void put(struct out *out, const char *text, size_t len)
{
	if (len > out->full - 1 - out->len)
		len = out->full - 1 - out->len;
	memcpy(out->text + out->len, text, len);
	out->len += len;
	out->text[out->len] = '\0';
}

static void put_text(struct out *out, const char *text)
{
	put(out, text, strlen(text));
}

static void put_repeated(struct out *out, char c, unsigned times)
{
	while (times--)
		put(out, &c, 1);
}

/* At most @max bytes of @text, whole characters only. */
static void put_cut(struct out *out, const char *text, size_t len, size_t max)
{
	if (len <= max) {
		put(out, text, len);
		return;
	}
	max -= strlen(DIAG_CUT);
	while (max && ((unsigned char)text[max] & 0xc0) == 0x80)
		max--;
	put(out, text, max);
	put_text(out, DIAG_CUT);
}

/* The end of a long file name says more than its start. */
static void put_file(struct out *out, const char *name)
{
	size_t len = strlen(name);

	if (len > DIAG_FILE) {
		name += len - DIAG_FILE + strlen(DIAG_CUT);
		while (((unsigned char)*name & 0xc0) == 0x80)
			name++;
		put_text(out, DIAG_CUT);
	}
	put_text(out, name);
}

/* One character of a source line as it can be shown: its bytes, and how wide it will be. */
struct shown {
	const char *bytes;
	unsigned len;	/* of `bytes` */
	unsigned eaten;	/* bytes of the source */
	unsigned width;
};

static struct shown show(const char *text, size_t len)
{
	struct shown shown = {.bytes = "?", .len = 1, .eaten = 1, .width = 1};
	uint32_t character;
	unsigned bytes = utf8_decode(&character, text, len);

	if (bytes && utf8_is_text(character))
		shown = (struct shown){text, bytes, bytes, utf8_width(character)};
	else if (bytes)
		shown.eaten = bytes;
	return shown;
}

/* Where to start showing a line so that byte @at is in sight. */
static size_t first_shown(const char *line, size_t at)
{
	size_t start = at > DIAG_WHOLE ? at - DIAG_BEFORE : 0;

	while (start && ((unsigned char)line[start] & 0xc0) == 0x80)
		start--;
	return start;
}

/* What stands under one character: blank, caret or tilde, as wide as the character. */
static void put_mark(struct out *marks, const struct shown *shown, bool first, bool inside)
{
	if (first)
		put_text(marks, shown->width > 1 ? "^~" : "^");
	else if (*shown->bytes == '\t')
		put_text(marks, "\t");
	else
		put_repeated(marks, inside ? '~' : ' ', shown->width);
}

/* The line and, below it, the caret under bytes [@at, @at + @span). */
static void put_source(struct out *out, const char *line, size_t len, size_t at, size_t span)
{
	char text[DIAG_SOURCE + 16] = "";
	struct out marks = {text, 0, sizeof(text)};
	size_t start = first_shown(line, at), i = start;
	unsigned width = 0;

	put_text(out, start ? "\n  " DIAG_CUT : "\n  ");
	put_text(&marks, start ? "     " : "  ");
	while (i < len && width < DIAG_SOURCE && i - start < DIAG_SOURCE_BYTES) {
		struct shown shown = show(line + i, len - i);

		put(out, shown.bytes, shown.len);
		if (i < at + span)
			put_mark(&marks, &shown, i == at, i > at);
		width += shown.width;
		i += shown.eaten;
	}
	put_text(out, i < len ? DIAG_CUT "\n" : "\n");
	if (at >= len)
		put_text(&marks, "^");
	put_text(out, text);
}

/* Line @number of the file, without its end; an empty one if there is none. */
static const char *find_line(size_t *len, const struct scenario_ast *ast, unsigned number)
{
	const char *line = ast->text, *end = ast->text + ast->len, *feed;

	while (--number && line < end) {
		feed = memchr(line, '\n', end - line);
		line = feed ? feed + 1 : end;
	}
	feed = memchr(line, '\n', end - line);
	*len = (feed ? feed : end) - line;
	if (*len && line[*len - 1] == '\r')
		--*len;
	return line;
}

static void put_place(struct out *out, const struct scenario_ast *ast, struct srcpos pos)
{
	size_t len, at = pos.column - 1;
	const char *line = find_line(&len, ast, pos.line);

	if (len)
		put_source(out, line, len, at > len ? len : at, pos.length ? pos.length : 1);
}

int scenario_error_va(struct numasim_error *err, int code, const struct scenario_ast *ast,
		      struct srcpos pos, const char *format, va_list args)
{
	char said[NUMASIM_ERROR_TEXT], number[32];
	struct out out;
	char *help;

	if (!err)
		return code;
	err->code = code;
	err->line = pos.line;
	err->column = pos.column;
	vsnprintf(said, sizeof(said), format, args);
	help = strchr(said, '\n');
	if (help)
		*help++ = '\0';
	out = (struct out){err->text, 0, sizeof(err->text)};
	put_file(&out, ast->filename);
	snprintf(number, sizeof(number), ":%u:%u: ", pos.line, pos.column);
	put_text(&out, pos.line ? number : ": ");
	put_cut(&out, said, strlen(said), DIAG_MESSAGE);
	if (pos.line && pos.column)
		put_place(&out, ast, pos);
	if (help) {
		put_text(&out, "\n  help: ");
		put_cut(&out, help, strlen(help), DIAG_HELP);
	}
	return code;
}

int scenario_error_at(struct numasim_error *err, int code, const struct scenario_ast *ast,
		      struct srcpos pos, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	scenario_error_va(err, code, ast, pos, format, args);
	va_end(args);
	return code;
}
