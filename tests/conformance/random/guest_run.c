/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's cases are the sequences of a file that came with it. */
#include "guest.h"
#include "sequence.h"

#include <stdlib.h>

#define SEQUENCES "/sequences"

void guest_run(void)
{
	char *all = file_read(SEQUENCES, NULL), *show = command_line("show");
	const char *text = all;
	struct sequence s;

	if (!all)
		side_fail("cannot read %s", SEQUENCES);
	while (sequence_read(&s, &text))
		sequence_run(&s, show != NULL);
	free(all);
	free(show);
}
