/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of a witness file. */
#include "explore/witness_reader.h"

#include <string.h>

int reader_wrong(struct reader *r, unsigned line, const char *what, const char *help)
{
	return error_at(r->err, -EINVAL, line, 1, "%s:%u: %s\n  help: %s", r->w->filename, line,
			what, help);
}

char *reader_line(struct reader *r)
{
	char *line = r->at, *feed;

	if (r->at == r->end)
		return NULL;
	feed = memchr(r->at, '\n', r->end - r->at);
	if (!feed)
		feed = r->end; /* the copy has a byte more */
	r->at = feed < r->end ? feed + 1 : r->end;
	*feed = '\0';
	r->line++;
	return line;
}

const char *reader_behind(const char *line, const char *word)
{
	size_t len = strlen(word);

	return line && !strncmp(line, word, len) && line[len] == ' ' && line[len + 1] ?
	       line + len + 1 : NULL;
}

bool reader_starts_with(const struct reader *r, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(r->end - r->at) >= len && !memcmp(r->at, word, len);
}

int reader_need(struct reader *r, const char **value, const char *word)
{
	char *line = reader_line(r);
	char text[64];

	*value = reader_behind(line, word);
	if (*value && strlen(*value) < WITNESS_MAX_LINE)
		return 0;
	strcpy(text, "here must stand a line `");
	strncat(text, word, 16);
	strcat(text, " ...`");
	return reader_wrong(r, r->line + !line, text, READER_NOT_EDITED);
}

int reader_number(struct reader *r, const char *text, unsigned most, unsigned *number)
{
	unsigned value = 0;

	for (const char *c = text; ; c++) {
		if (!*c && c > text)
			break;
		if (*c < '0' || *c > '9' || value > most)
			return reader_wrong(r, r->line, "this is no number, or too large a one",
					    READER_NOT_EDITED);
		value = value * 10 + (*c - '0');
	}
	*number = value;
	return value <= most ? 0 : reader_wrong(r, r->line, "this number is too large",
						READER_NOT_EDITED);
}
