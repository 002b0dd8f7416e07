/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands that write the steps so far to a file: as a witness, or as commands. */
#include "report/step.h"

#include <stdlib.h>
#include <string.h>

static int write_file(const char *path, const char *text, struct numasim_error *err)
{
	FILE *file = fopen(path, "w");
	int ret = 0;

	if (!file)
		return error_set(err, -errno, "cannot write %s: %s", path, strerror(errno));
	if (fputs(text, file) < 0)
		ret = -errno;
	if (fclose(file) && !ret)
		ret = -errno;
	if (ret)
		return error_set(err, ret, "cannot write %s: %s", path, strerror(-ret));
	return 0;
}

static int file_argument(const struct step_words *words, struct numasim_error *err)
{
	if (words->nr < 2)
		return step_missing(words, "needs the name of a file", err);
	return step_no_more(words, 2, err);
}

/* ---- as a witness ---- */

/* The steps up to the first one that broke something. */
static unsigned broken_prefix(const struct numasim_stepper *session)
{
	for (unsigned i = 0; i < session->trail.depth; i++)
		if (session->record[i].broke)
			return i + 1;
	return 0;
}

/* What the steps up to there are called, and how they end; the run is where it was afterwards. */
static int record_prefix(struct record **record, struct numasim_stepper *session, unsigned nr,
			 struct numasim_error *err)
{
	unsigned depth = session->trail.depth;
	int ret;

	session->replaying = true;
	state_restore(&session->trail.root);
	ret = record_path(record, session->m, &session->run->scene, ORACLE_ALL, session->trail.path,
			  nr, err);
	session->m->exec.oracles = ORACLE_ALL;
	session->m->exec.log.recording = true;
	trail_rewind(&session->trail);
	session->replaying = false;
	step_go(session, depth);
	return ret;
}

int step_cmd_save(struct numasim_stepper *session, const struct step_words *words,
		  struct numasim_error *err)
{
	unsigned nr = broken_prefix(session);
	int ret = file_argument(words, err);
	struct record *record;
	char *text;

	if (ret)
		return ret;
	if (!nr)
		return error_set(err, -ENODATA,
				 "a witness shows what breaks, and nothing has broken yet; "
				 "\"script FILE\" writes the steps as commands");
	ret = record_prefix(&record, session, nr, err);
	if (ret)
		return ret;
	ret = witness_print(&text, &session->head, record, err);
	record_free(record);
	if (ret)
		return ret;
	ret = write_file(words->word[1], text, err);
	free(text);
	if (!ret)
		fprintf(session->show.out, "wrote %u steps, up to where something broke\n", nr);
	return ret;
}

/* ---- as commands ---- */

/* Steps of one actor are one command, but for a page walker's. Returns the step after them. */
static unsigned print_command(struct numasim_stepper *session, FILE *out, unsigned at)
{
	const struct step_record *first = &session->record[at];
	unsigned nr = 1;

	fprintf(out, "step %s", SHOW_ACTOR(&session->show, first->choice.actor));
	if (first->words) {
		fprintf(out, " %s\n", first->words);
		return at + 1;
	}
	while (at + nr < session->trail.depth &&
	       session->record[at + nr].choice.actor == first->choice.actor)
		nr++;
	fprintf(out, nr > 1 ? " %u\n" : "\n", nr);
	return at + nr;
}

int step_cmd_script(struct numasim_stepper *session, const struct step_words *words,
		    struct numasim_error *err)
{
	int ret = file_argument(words, err);
	char *text = NULL;
	size_t size;
	FILE *out;

	if (ret)
		return ret;
	out = open_memstream(&text, &size);
	if (!out)
		return error_set(err, -ENOMEM, "no memory for a script");
	fprintf(out, "# %s on %s\n", session->run->ast->name.text, session->run->kernel);
	for (unsigned at = 0; at < session->trail.depth;)
		at = print_command(session, out, at);
	if (fclose(out)) {
		free(text);
		return error_set(err, -ENOMEM, "no memory for a script");
	}
	ret = write_file(words->word[1], text, err);
	free(text);
	if (!ret)
		fprintf(session->show.out, "wrote %u steps\n", session->trail.depth);
	return ret;
}
