/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs the cases of a shape, each on fresh actors. */
#include "words.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	enum shape shape;
} shapes[] = {{"2", ON_2}, {"4", ON_4}, {"la57", ON_LA57}, {"cpuless", ON_CPULESS}};

enum shape shape_by_name(const char *name)
{
	for (unsigned i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (!strcmp(shapes[i].name, name))
			return shapes[i].shape;
	side_fail("there is no shape \"%s\"", name);
}

/* Is "theme/case" wanted: by its own name or by its theme's? */
static bool is_wanted(const char *theme, const char *full, unsigned nr, const char *const *wanted)
{
	for (unsigned i = 0; i < nr; i++)
		if (!strcmp(wanted[i], full) || !strcmp(wanted[i], theme))
			return true;
	return !nr;
}

void run_body(const char *name, void (*body)(void *payload), void *payload)
{
	masks_begin();
	places_begin();
	actors_begin();
	side_begin_case(name);
	kernel_begin();
	body(payload);
	actors_end();
	side_end_case();
}

static void run_events(void *payload)
{
	const struct conformance_case *c = payload;

	events_begin_step();
	c->run();
	events_end_step();
}

static void run_case(const struct conformance_case *c, const char *name)
{
	line("== %s", name);
	run_body(name, run_events, (void *)c);
}

void run_cases(enum shape shape, unsigned nr_wanted, const char *const *wanted)
{
	char name[128];
	unsigned ran = 0;

	for (const struct theme *t = themes; t->name; t++)
		for (const struct conformance_case *c = t->cases; c->name; c++) {
			snprintf(name, sizeof(name), "%s/%s", t->name, c->name);
			if (!(c->shapes & shape) || !is_wanted(t->name, name, nr_wanted, wanted))
				continue;
			run_case(c, name);
			ran++;
		}
	if (!ran)
		side_fail("no such case");
	line("== end of %u cases", ran);
}
