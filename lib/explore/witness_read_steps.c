/* SPDX-License-Identifier: BSD-2-Clause */
/* The lower half of a witness file: the steps, and how they end. */
#include "explore/witness_reader.h"

#include <stdlib.h>
#include <string.h>

/* ACTOR[@NUMBER] KIND OBJECT */
static int read_step(struct reader *r, struct witness_step *step)
{
	char *line = reader_line(r), *space, *number;

	if (!line)
		return reader_wrong(r, r->line + 1, "the file ends before its last step",
				    READER_NOT_EDITED);
	if (strlen(line) >= WITNESS_MAX_LINE)
		return reader_wrong(r, r->line, "this step is too long", READER_NOT_EDITED);
	step->actor = line;
	step->alternative = 0;
	space = strchr(line, ' ');
	if (!space || space == line)
		return reader_wrong(r, r->line, "this is no step", "write ACTOR KIND OBJECT");
	*space = '\0';
	step->kind = space + 1;
	space = strchr(step->kind, ' ');
	if (!space || space == step->kind || !space[1])
		return reader_wrong(r, r->line, "this is no step", "write ACTOR KIND OBJECT");
	*space = '\0';
	step->object = space + 1;
	number = strchr(line, '@');
	if (!number)
		return 0;
	*number = '\0';
	return reader_number(r, number + 1, UINT16_MAX, &step->alternative);
}

int reader_steps(struct reader *r)
{
	struct witness *w = r->w;
	const char *value;
	int ret = reader_need(r, &value, "steps")
		  ?: reader_number(r, value, PATH_MAX_STEPS - 1, &w->nr_steps);

	if (ret)
		return ret;
	w->first_line = r->line + 1;
	w->step = calloc(w->nr_steps + 1, sizeof(*w->step));
	if (!w->step)
		return error_set(r->err, -ENOMEM, "no memory for a witness");
	for (unsigned i = 0; i < w->nr_steps && !ret; i++)
		ret = read_step(r, &w->step[i]);
	return ret;
}

int reader_end(struct reader *r)
{
	const char *value;
	int ret = reader_need(r, &value, "violation"), oracle;
	char *line;

	if (ret)
		return ret;
	oracle = oracle_by_name(value);
	if (oracle < 0)
		return reader_wrong(r, r->line, "there is no such oracle", READER_NOT_EDITED);
	r->w->oracle = oracle;
	line = reader_line(r);
	if (!line || !*line || strlen(line) >= WITNESS_MAX_LINE)
		return reader_wrong(r, r->line + !line,
				    "here must stand the sentence that says what broke",
				    READER_NOT_EDITED);
	r->w->sentence = line;
	line = reader_line(r);
	if (!line || strcmp(line, "end") || r->at != r->end)
		return reader_wrong(r, r->line + !line,
				    "here must stand `end`, and nothing behind it",
				    READER_NOT_EDITED);
	return 0;
}
