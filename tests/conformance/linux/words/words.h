/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of words share: actors, lines, names for what differs from run to run. */
#ifndef CONFORMANCE_WORDS_H
#define CONFORMANCE_WORDS_H

#include "case.h"
#include "side.h"

#define NAME_SIZE 16

struct actor {
	char name[NAME_SIZE];
	struct side_actor *side; /* NULL: has left */
};

/* ---- run.c ---- */

/* The themes, in order; each is a list that ends without a name. */
struct theme {
	const char *name;
	const struct conformance_case *cases;
};
extern const struct theme themes[];

/* Run the cases of @shape whose "theme/case" or "theme" is in @wanted; all if there is none. */
void run_cases(enum shape shape, unsigned nr_wanted, const char *const *wanted);
enum shape shape_by_name(const char *name);
/* Run something on a fresh case, without its events. */
void run_body(const char *name, void (*body)(void *payload), void *payload);

/* ---- actors.c ---- */

void actors_begin(void);
void actors_end(void);

/* ---- memory.c ---- */

void places_begin(void);

/* ---- kernel.c ---- */

void kernel_begin(void);

/* ---- events.c ---- */

void events_begin_step(void);
/* Print what has happened. */
void events_end_step(void);

/* ---- lines.c ---- */

/* Print one line; the newline is added. */
void line(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* From here on lines go to @sink; NULL: to the judge, as at first. */
void lines_to(void (*sink)(const char *text, size_t length));
/* The name of an errno ("EINVAL") or signal ("SIGSEGV"). */
const char *error_name(long error);
const char *signal_name(int number);

/* A system call whose failure is worth a line: "a mprotect 100000000000 1000: EINVAL". */
long call(struct actor *a, const char *what, long number, uint64_t a0, uint64_t a1, uint64_t a2,
	  uint64_t a3, uint64_t a4, uint64_t a5);
/* What it prints for @address is "-" for calls that have none. */
#define NO_ADDRESS UINT64_MAX

/* ---- pages.c, counters.c: looks that leave something out ---- */

/* page() without some of the flags of kpageflags. */
void page_but(struct actor *a, uint64_t p, uint64_t unwanted);
/* counters() without some, a list that ends with NULL. */
void counters_but(const char *const *unwanted);

/* ---- masks.c ---- */

#define TEXT_SIZE 32
void masks_begin(void);
/* The kernel chose this address. */
void mask_address(uint64_t start, uint64_t length);
const char *address_text(char text[TEXT_SIZE], uint64_t address);
/* Who gets a frame that was freed is not compared either: names of frames that nobody maps end. */
void masks_forget(void);
/* f1, f2 ...; a page inside a huge page that has a name is f1+3. */
const char *frame_text(char text[TEXT_SIZE], uint64_t frame, bool huge);
/* s1, s2 ... */
const char *slot_text(char text[TEXT_SIZE], uint64_t slot);
/* Flags of kpageflags, without what is not compared. */
uint64_t mask_page_flags(uint64_t flags);

#endif
