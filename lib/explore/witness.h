/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A witness file: everything that it takes to see a failure again, as lines of text.
 *
 *   numasim witness 1                          format version
 *   hash 3f0c...                               of what stands from here to `steps`
 *   release v3.13-rc4                          what the searcher asked for: release, with, without,
 *   with 20841405940e                            topology, oracle; each only if it was asked for
 *   kernel v3.13-rc4                           what that made
 *   machine 8a14...                            hash of the machine's nodes, CPUs and distances
 *   scenario examples/race.nsim                its file's name; the text follows, a bar before
 *   |NUMASIM race                                each of its lines
 *   |...
 *   \ no line feed at the end                  only if there is none
 *   steps 72
 *   scanner read clock                         actor, kind, object. An actor with alternatives
 *   reader/irq interrupt interrupts of CPU 2     (a page walker) has @NUMBER behind its name
 *   ...
 *   violation lost-write
 *   a load at ...                              the sentence
 *   end
 *
 * Whoever edits the upper half sees the hash fail; whoever edits a label sees the replay stop.
 */
#ifndef EXPLORE_WITNESS_H
#define EXPLORE_WITNESS_H

#include "explore/record.h"

#define WITNESS_MAX_BYTES  (8u << 20)
#define WITNESS_MAX_LINE                                                                           \
	2048 /* bytes of a line above `steps`, scenario text apart, or of a label */
#define WITNESS_MAX_ROWS   64	/* of --with, of --without */
#define WITNESS_HASH	   33	/* bytes of a hash as text */

/* What is searched, and of what. The texts belong to whoever filled it in. */
struct witness_head {
	const char *scenario_name; /* of the file, for messages */
	const char *scenario;	   /* its text */
	size_t scenario_len;
	const char *release;	   /* NULL: as the scenario says */
	const char *topology;	   /* NULL: as the scenario says */
	const char *const *with, *const *without;
	size_t nr_with, nr_without;
	uint32_t oracles;
	const char *kernel;
	char machine[WITNESS_HASH];
};

struct witness_step {
	const char *actor;
	const char *kind;
	const char *object;
	unsigned alternative;
};

struct witness {
	struct witness_head head;
	struct witness_step *step;
	unsigned nr_steps;
	unsigned first_line; /* of the steps, in the file */
	enum oracle oracle;
	const char *sentence;
	const char *filename; /* of the witness */
	char *copy;	      /* holds all texts */
	const char *rows[2 * WITNESS_MAX_ROWS];
};

/* A text's hash, as 32 hexadecimal digits. */
void witness_hash(char hash[WITNESS_HASH], const char *text, size_t len);

/*
 * Write a witness. *text ends in a zero byte and is freed with free(). 0, -ENOMEM, -EINVAL (a text
 * of @head has a control character in it, or is too long, and could not be read back).
 */
int witness_print(char **text, const struct witness_head *head, const struct record *record,
		  struct numasim_error *err);

/*
 * Read one. @text need not end in a zero byte; it and @filename are copied. 0; -EINVAL (@err has
 * the line), -EFBIG, -ENOMEM. What is read is well-formed, but not yet known to be true.
 */
int witness_read(struct witness **witness, const char *text, size_t len, const char *filename,
		 struct numasim_error *err);
void witness_free(struct witness *witness);

/*
 * The choice that step @index of @w is in the machine's present state, if it is possible and
 * bears that label; else -EPROTO, and @err has what was expected and what was found.
 */
int witness_choice(struct choice *choice, struct numasim_machine *m, const struct witness *w,
		   unsigned index, struct numasim_error *err);

/*
 * Run a witness from the machine's root, check every label and how it ends, and write it down. 0,
 * -EPROTO (the first difference is named), -ENOMEM. The machine is at its root afterwards.
 */
int witness_replay(struct record **record, struct numasim_machine *m, const struct scene *scene,
		   const struct witness *w, struct numasim_error *err);

#endif
