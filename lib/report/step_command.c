/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of commands, and the public way to give one. */
#include "report/step.h"

#include <stdlib.h>
#include <string.h>

static const struct step_command commands[] = {
	{"step", step_cmd_step, "step COLUMN [N]",
	 "take one step, or N, of a column; \"step reader/irq\" and \"step reader/walker\n"
	 "fill P:x\" take those of its processor"},
	{"irq", step_cmd_irq, "irq COLUMN",
	 "take the interrupts that are pending for the column's processor"},
	{"walker", step_cmd_walker, "walker COLUMN [fill ADDRESS | drop N]",
	 "let the page walker of the column's processor load a translation, or lose one"},
	{"next", step_cmd_next, "next [N]",
	 "take the next step, or N, of the schedule"},
	{"run", step_cmd_run, "run [COLUMN] [until WHAT | to KIND]",
	 "run one column, or all in a fixed order, until WHAT has happened: done (the\n"
	 "default), rest (back in user mode), violation, or an event (fault, hint_fault,\n"
	 "armed, migrated, ...); or up to the column's next step of a KIND (read, write,\n"
	 "lock, copy, flush, store, ...)"},
	{"back", step_cmd_back, "back [N]",
	 "take the last step back, or the last N"},
	{"mark", step_cmd_mark, "mark NAME",
	 "give this place a name"},
	{"goto", step_cmd_goto, "goto NAME | goto N",
	 "go back, or forth again, to a mark or to the state after step N"},
	{"redo", step_cmd_redo, "redo [N]",
	 "take steps again that were taken back"},
	{"restart", step_cmd_restart, "restart",
	 "go back to the start"},
	{"reload", step_cmd_restart, "reload",
	 "the same as restart"},
	{"where", step_cmd_where, "where",
	 "where everybody stands: what comes next, and what they wait for"},
	{"choices", step_cmd_choices, "choices",
	 "all steps that can be taken now"},
	{"entry", step_cmd_entry, "entry ADDRESS",
	 "the page-table entries of an address, from the top"},
	{"pmd", step_cmd_pmd, "pmd ADDRESS",
	 "its PMD: raw, decoded, its page, what is true of it"},
	{"pte", step_cmd_pte, "pte ADDRESS",
	 "its PTE, likewise"},
	{"tlb", step_cmd_tlb, "tlb [COLUMN]",
	 "what the processors have cached, and what of it is stale"},
	{"frames", step_cmd_frames, "frames",
	 "the pages in use: counts, flags, words"},
	{"vmas", step_cmd_vmas, "vmas",
	 "the mappings of every process"},
	{"locks", step_cmd_locks, "locks",
	 "the locks that are held or waited for"},
	{"irqs", step_cmd_irqs, "irqs",
	 "interrupts: on or off, and what is pending"},
	{"regs", step_cmd_regs, "regs",
	 "the registers of the columns, and CR3"},
	{"counters", step_cmd_counters, "counters",
	 "the kernel's event counters, and the time"},
	{"history", step_cmd_history, "history",
	 "the steps so far"},
	{"save", step_cmd_save, "save FILE",
	 "write the steps so far as a witness (for replay and --schedule); something\n"
	 "must have broken"},
	{"script", step_cmd_script, "script FILE",
	 "write the steps so far as commands (for --script)"},
	{"info", step_cmd_info, "info",
	 "the scenario, its kernel and its columns"},
	{"help", step_cmd_help, "help [COMMAND]",
	 "what can be done"},
	{"quit", step_cmd_quit, "quit",
	 "leave"},
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

/* The command that word @at begins. */
static int find_command(const struct step_words *words, unsigned at, struct numasim_error *err)
{
	const char *names[NR_COMMANDS + 1] = {0};

	for (size_t i = 0; i < NR_COMMANDS; i++)
		names[i] = commands[i].name;
	return step_match(names, words, at, "command", err);
}

static void print_usage(FILE *out, const struct step_command *command)
{
	const char *line = command->help;

	fprintf(out, "%s\n", command->usage);
	while (line) {
		int length = strcspn(line, "\n");

		fprintf(out, "    %.*s\n", length, line);
		line = line[length] ? line + length + 1 : NULL;
	}
}

int step_cmd_help(struct numasim_stepper *session, const struct step_words *words,
		  struct numasim_error *err)
{
	int found = 0, ret = step_no_more(words, 2, err);

	if (ret)
		return ret;
	if (words->nr == 2) {
		found = find_command(words, 1, err);
		if (found < 0)
			return found;
		print_usage(session->show.out, &commands[found]);
		return 0;
	}
	for (size_t i = 0; i < NR_COMMANDS; i++)
		print_usage(session->show.out, &commands[i]);
	fputs("Every name may be shortened as long as it is clear. ADDRESS is a variable (P:x, x,\n"
	      "P:x+4096) or a number. # begins a comment.\n", session->show.out);
	return 0;
}

int step_cmd_quit(struct numasim_stepper *session, const struct step_words *words,
		  struct numasim_error *err)
{
	int ret = step_no_more(words, 1, err);

	session->quit = !ret;
	return ret;
}

static int dispatch(struct numasim_stepper *session, const char *line, struct numasim_error *err)
{
	struct step_words words;
	int command, ret = step_split(&words, line, err);

	if (ret || !words.nr)
		return ret;
	command = find_command(&words, 0, err);
	return command < 0 ? command : commands[command].run(session, &words, err);
}

int numasim_stepper_command(const char **text, struct numasim_stepper *session, const char *line,
			 struct numasim_error *err)
{
	int ret;

	*text = "";
	free(session->text);
	session->text = NULL;
	session->show.out = open_memstream(&session->text, &session->text_size);
	if (!session->show.out)
		return error_set(err, -ENOMEM, "no memory for what the command says");
	ret = dispatch(session, line, err);
	if (fclose(session->show.out))
		ret = error_set(err, -ENOMEM, "no memory for what the command says");
	else
		*text = session->text;
	session->show.out = NULL;
	return ret;
}

bool numasim_stepper_left(const struct numasim_stepper *session)
{
	return session->quit;
}

unsigned numasim_stepper_depth(const struct numasim_stepper *session)
{
	return session->trail.depth;
}
