/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random sequences of calls, which a real kernel and the library must answer with the same lines
 * after every call. The same text drives both:
 *
 *	sequence 17
 *	a map page 3 n 8 other 0 arg 0x3
 *	a store page 4 n 1 other 0 arg 0x7
 *	a fork page 0 n 1 other 1 arg 0
 *
 * All memory is in one window of three huge pages' size, in which ranges meet, split and merge.
 */
#ifndef RANDOM_SEQUENCE_H
#define RANDOM_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WINDOW_START UINT64_C(0x100000000000)
#define WINDOW_PAGES 1536u
#define BLOCK_PAGES  512u /* of a huge page */
#define FILE_PAGES   48u  /* of the file, at first */

#define MAX_ACTORS 4u	/* named a, b, c, d; a is there from the start */
#define MAX_OPS	   64u

#define OPS(X)                                                                                     \
	X(STORE, "store") X(LOAD, "load") X(READ, "read") X(WRITE, "write") X(MAP, "map")          \
	X(UNMAP, "unmap") X(PROTECT, "protect") X(ADVISE, "advise") X(REMAP, "remap")              \
	X(FORK, "fork") X(THREAD, "thread") X(EXIT, "exit") X(MOVE, "move") X(BIND, "bind")        \
	X(POLICY, "policy") X(HOME, "home") X(LOCK, "lock") X(UNLOCK, "unlock")                    \
	X(LOCK_ALL, "lock-all") X(UNLOCK_ALL, "unlock-all") X(RESIZE, "resize") X(FILL, "fill")    \
	X(CLEAR_REFS, "clear-refs") X(SETTLE, "settle") X(SWAP_ON, "swap-on")                      \
	X(SHOW_POLICY, "show-policy")
enum op_kind {
#define X(id, name) OP_##id,
	OPS(X)
#undef X
	OP_NR
};

#define ANY_KIND_OF_MAPPING 0x30u /* of map's @arg; 0: private and anonymous */
#define BIND_INTERLEAVE     3u	  /* of the three lowest bits of bind's @arg */

/* What @n, @other and @arg mean is the operation's own (perform.c). */
struct op {
	uint8_t kind;
	uint8_t actor; /* who does it */
	uint16_t page, n;
	uint16_t other;
	uint32_t arg;
};

struct sequence {
	uint64_t seed;
	unsigned nr;
	struct op op[MAX_OPS];
};

/* ---- sequence.c ---- */

#define OP_TEXT 96
void op_text(char text[OP_TEXT], const struct op *op);
/*
 * The sequence that *@text begins with; *@text moves on behind it. false: the text is at its end.
 * What is no sequence ends the program.
 */
bool sequence_read(struct sequence *s, const char **text);

/* ---- generate.c ---- */

/* The @nr calls of a seed, the same everywhere and forever. */
void sequence_generate(struct sequence *s, uint64_t seed, unsigned nr);

/* ---- perform.c, looks.c: on the machine of the case ---- */

void perform_begin(void);
void perform(const struct op *op);

struct actor;
/* The actor that is called so; NULL: there is none now. */
struct actor *actor_in(unsigned index);
/* Do two actors share their memory? */
bool same_memory(unsigned one, unsigned other);

/* What the call left: a sample of its pages, seen by whoever has them; counters. */
void look_after(const struct op *op);
/* At the end: all pages that the sequence may have touched, then what is in them. */
void look_at_end(const struct sequence *s);

/* ---- run.c ---- */

/*
 * Run one sequence on a fresh case. With @show it prints all lines, else one: the seed, and for
 * each
 * step, the last of which is the end, what its lines come to.
 */
void sequence_run(const struct sequence *s, bool show);

static inline uint64_t address_of(unsigned page)
{
	return WINDOW_START + page * UINT64_C(4096);
}

#endif
