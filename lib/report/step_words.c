/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading command lines: words, numbers, and the names of what a scenario has. */
#include "report/step.h"

#include "scenario/suggest.h"

#include <stdlib.h>
#include <string.h>

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static int check_line(const char *line, struct numasim_error *err)
{
	size_t length = strlen(line);

	if (length >= STEP_LINE)
		return error_at(err, -E2BIG, 1, 1, "a command of %zu bytes; %u are the limit",
				length, STEP_LINE - 1);
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)line[i] < ' ' && !blank(line[i]))
			return error_at(err, -EINVAL, 1, i + 1, "a control character (byte 0x%02x)",
					(unsigned char)line[i]);
	return 0;
}

int step_split(struct step_words *words, const char *line, struct numasim_error *err)
{
	int ret = check_line(line, err);
	char *at = words->line;

	words->nr = 0;
	if (ret)
		return ret;
	strcpy(words->line, line);
	for (;;) {
		bool quoted;

		while (blank(*at))
			at++;
		if (!*at || *at == '#')
			return 0;
		if (words->nr == STEP_WORDS)
			return error_at(err, -E2BIG, 1, at - words->line + 1, "more than %u words",
					STEP_WORDS);
		words->column[words->nr] = at - words->line + 1;
		quoted = *at == '"';
		at += quoted;
		words->word[words->nr++] = at;
		while (*at && (quoted ? *at != '"' : !blank(*at)))
			at++;
		if (quoted && !*at)
			return error_at(err, -EINVAL, 1, words->column[words->nr - 1],
					"this quotation mark has no partner");
		if (!*at)
			return 0;
		*at++ = '\0';
	}
}

#define STEP_LIST 24 /* names that an error lists */

/* Fills @list with those of @names that @word begins, or with all; how many. */
static unsigned list_names(char *list, size_t size, const char *const *names, const char *word)
{
	size_t used = 0;
	unsigned nr = 0;

	for (unsigned i = 0; names[i] && used < size; i++) {
		if (word && strncmp(names[i], word, strlen(word)))
			continue;
		used += snprintf(list + used, size - used, "%s%s", used ? ", " : "", names[i]);
		nr++;
	}
	return nr;
}

static int no_match(const char *const *names, const char *word, unsigned column, const char *what,
		    struct numasim_error *err)
{
	struct suggest near = SUGGEST(word);
	char list[512] = "";
	unsigned nr = list_names(list, sizeof(list), names, NULL);

	if (!nr)
		return error_at(err, -ENOENT, 1, column, "there is no %s", what);
	suggest_offer_list(&near, names);
	if (near.best)
		return error_at(err, -ENOENT, 1, column, "\"%s\" is no %s; did you mean \"%s\"?",
				word, what, near.best);
	if (nr > STEP_LIST)
		return error_at(err, -ENOENT, 1, column, "\"%s\" is no %s; see \"help\"", word,
				what);
	return error_at(err, -ENOENT, 1, column, "\"%s\" is no %s; choose from %s", word, what,
			list);
}

int step_match(const char *const *names, const struct step_words *words, unsigned at,
	       const char *what, struct numasim_error *err)
{
	const char *word = words->word[at];
	int found = -ENOENT;
	char list[512] = "";

	for (int i = 0; names[i]; i++) {
		if (!strcmp(names[i], word))
			return i;
		if (!strncmp(names[i], word, strlen(word)))
			found = found == -ENOENT ? i : -EINVAL;
	}
	if (found >= 0)
		return found;
	if (found == -ENOENT)
		return no_match(names, word, words->column[at], what, err);
	list_names(list, sizeof(list), names, word);
	return error_at(err, -EINVAL, 1, words->column[at], "\"%s\" may be any of %s", word, list);
}

int step_number(unsigned *number, const struct step_words *words, unsigned at, unsigned otherwise,
		struct numasim_error *err)
{
	unsigned long value;
	char *end;

	*number = otherwise;
	if (at >= words->nr)
		return 0;
	errno = 0;
	value = strtoul(words->word[at], &end, 10);
	if (words->word[at][0] < '0' || words->word[at][0] > '9' || *end || errno || !value ||
	    value > PATH_MAX_STEPS)
		return error_at(err, -EINVAL, 1, words->column[at],
				"\"%s\" is no number of steps: 1 to %u", words->word[at],
				PATH_MAX_STEPS);
	*number = value;
	return 0;
}

int step_actor(unsigned *actor, const struct numasim_stepper *session,
	       const struct step_words *words, unsigned at, struct numasim_error *err)
{
	const struct exec *exec = &session->m->exec;
	const char *names[EXEC_MAX_ACTORS + 1];
	char text[EXEC_MAX_ACTORS][SHOW_NAME];
	bool others = strchr(words->word[at], '/');
	int found;

	/* Prefixes are for columns: "r" means reader, not reader/irq as well. */
	for (unsigned i = 0; i < exec->nr_actors; i++)
		names[i] = show_actor(&session->show, i, text[i]);
	names[others ? exec->nr_actors : exec->nr_contexts] = NULL;
	found = step_match(names, words, at, others ? "actor" : "column", err);
	if (found < 0)
		return found;
	*actor = found;
	return 0;
}

static struct mm_struct *mm_of(const struct numasim_stepper *session, const char *label,
			       size_t length)
{
	struct mm_struct *mm;

	TAILQ_FOREACH(mm, &session->m->mm->mms, link)
		if (strlen(mm->label) == length && !strncmp(mm->label, label, length))
			break;
	return mm;
}

static bool is_number(const char *text, uint64_t *value)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtoull(text, &end, 0);
	return !*end && !errno;
}

/* "P:0x7f0000000000", or the number alone if there is one process. */
static bool bare_address(struct mm_struct **mm, uint64_t *va, const struct numasim_stepper *session,
			 const char *text)
{
	const char *colon = strchr(text, ':');

	*mm = colon ? mm_of(session, text, colon - text) : TAILQ_FIRST(&session->m->mm->mms);
	return *mm && (colon || session->m->mm->nr_mm == 1) &&
	       is_number(colon ? colon + 1 : text, va);
}

int step_address(struct mm_struct **mm, uint64_t *va, const struct numasim_stepper *session,
		 const struct step_words *words, unsigned at, struct numasim_error *err)
{
	const char *text, *plus;
	uint64_t offset;

	if (at >= words->nr)
		return error_at(err, -EINVAL, 1, 1, "of which address? Write a variable, such as "
				"P:x or P:x+4096");
	text = words->word[at];
	plus = strchr(text, '+');
	if (bare_address(mm, va, session, text))
		return 0;
	if (plus && !is_number(plus + 1, &offset))
		return error_at(err, -EINVAL, 1, words->column[at] + (plus - text) + 1,
				"\"%s\" is no number of bytes", plus + 1);
	if (!scenario_find_address(session->run, text, mm, va))
		return 0;
	return error_at(err, -ENOENT, 1, words->column[at],
			"nothing is called \"%s\" here; see \"vmas\"", text);
}

int step_no_more(const struct step_words *words, unsigned nr, struct numasim_error *err)
{
	if (words->nr <= nr)
		return 0;
	return error_at(err, -EINVAL, 1, words->column[nr], "what is \"%s\"? See \"help %s\"",
			words->word[nr], words->word[0]);
}
