/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What user space was promised to find, word by word. Whose word it is:
 *
 *	private memory		(address space, address): every process has its own
 *	shared mappings		(file, offset): one word for all who map it
 *
 * A store promises its value. Calls that give memory up take time, and while one is under way
 * nobody knows whether a store comes before or after it:
 *
 *	 store 1   | MADV_DONTNEED .......... |
 *	           |        store 2           |   2, or empty		PROMISE_OR_EMPTY
 *	           |                          |   empty			PROMISE_EMPTY
 *	           `- what is loaded meanwhile is not judged
 *
 * The call is an *episode*: a promise remembers during which of them it was last stored to.
 */
#ifndef CHECK_PROMISE_H
#define CHECK_PROMISE_H

#include "mm/mm.h"

#define CHECK_WORDS    48 /* at first, in a system */
#define CHECK_EPISODES 24

enum promise_kind {
	PROMISE_VALUE,	  /* what was stored */
	PROMISE_OR_EMPTY, /* that, or zero */
	PROMISE_EMPTY,	  /* zero: it was given up, and not stored to since */
	PROMISE_NONE,	  /* anything */
};

struct promise {
	uint32_t space; /* name of the address space, or of the file */
	uint8_t kind;	/* enum promise_kind */
	uint64_t at;	/* address, or offset in the file */
	uint64_t value;
	uint64_t object; /* the frame's word that the last store reached */
	uint32_t during; /* a bit per episode in which it was stored to */
	uint32_t next;	 /* number of the next one in its bucket, or 0 */
};

/* What is happening to [start, end) of an address space. */
struct episode {
	uint8_t kind;	/* enum episode_kind */
	bool is_private_file; /* empty means: what the file holds */
	bool keeps_copies;    /* a hole in a file: copies in private mappings stay */
	uint16_t who;	/* context */
	uint32_t mm;	/* 0: of a file */
	uint32_t file;	/* not 0: a shared mapping of it, or the file itself */
	uint64_t start, end;
	uint64_t other; /* start is here: offset in the file; address that it moves to */
};

enum episode_kind {
	EPISODE_NONE,
	EPISODE_EMPTY,	/* MADV_DONTNEED, truncate */
	EPISODE_FREE,	/* MADV_FREE */
	EPISODE_UNMAP,
	EPISODE_MOVE,	/* mremap */
	EPISODE_COPY,	/* fork */
};

struct check_room {
	struct numasim_machine *m;
	bool grows; /* in a system */
	unsigned nr, room;
	struct promise *promise;
	uint32_t *bucket; /* NULL: not needed yet */
	unsigned nr_buckets;
	struct episode episode[CHECK_EPISODES];
};

/* Whose word, and what is promised if nobody stored to it: zero, or nothing. */
struct word_key {
	uint32_t space;
	uint64_t at;
	bool starts_empty;
	uint32_t file;	 /* a private mapping of it, or 0 */
	uint64_t offset; /* there */
};

/* The word at @va of the address space named @mm. */
struct word_key word_key(const struct check_room *c, uint32_t mm, uint64_t va);
/* The word that @p is about. */
struct word_key promise_key(const struct check_room *c, const struct promise *p);

/* Does the mapping show memory that others may map as well? (A driver has pages of its own for each
 * mapping.) */
bool check_is_shared(const struct vm_area_struct *vma);

struct promise *promise_find(struct check_room *c, const struct word_key *key);
/* NULL: no room; the search ends. */
struct promise *promise_make(struct check_room *c, const struct word_key *key);
void promise_drop(struct check_room *c, struct promise *p);
/* Addresses of promises have changed. */
void promise_relink(struct check_room *c);
/* 0 or -ENOMEM. */
int promise_room_init(struct check_room *c, bool grows);

/*
 * What the oracles remember is shared state to them: the order of two stores to one word decides
 * what a load must return, whichever frames they reach. So it belongs to what a step touches. A
 * promise is a part of its address space (or file); the parts below are the mm's own fields:
 *
 *    23 22                       0
 *   +--+--------------------------+
 *   | 1| address / 8, low bits    |    two addresses 64 MiB apart share one: merely coarse
 *   +--+--------------------------+
 */
#define PROMISE_OBJECT(space, at)                                                                  \
	OBJECT(OBJ_MM, space, UINT64_C(1) << 23 | ((at) >> 3 & 0x7fffff))

/* Does @e lie over the word, so that nobody knows what a load there returns? */
bool episode_hides(const struct episode *e, const struct word_key *key);
/* The bits of all episodes over the word. */
uint32_t episodes_over(const struct check_room *c, const struct word_key *key);

/* "P:x" where somebody knows such names. */
#define WORD_TEXT 96
const char *word_text(const struct check_room *c, uint32_t space, uint64_t at,
		      char text[WORD_TEXT]);

/* Fill the hooks of @o that this room's files serve. */
void promise_hooks(struct observer *o);
void episode_hooks(struct observer *o);

/* The mapping of @mm that holds @va; no points. NULL: none. */
struct vm_area_struct *check_vma(const struct numasim_machine *m, uint32_t mm, uint64_t va);
struct file *check_file(const struct numasim_machine *m, uint32_t name);

void promise_digest(const struct check_room *c, struct digest_sink *sink);
/* When all is quiet: the tables, devices and files hold what was promised (check/peek.c). */
void check_promises(struct numasim_machine *m);

#endif
