/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events of the actors, from the kernel's tracer:
 *
 *	exceptions:page_fault_user	a fault of an instruction: address, error code
 *	a probe on flush_tlb_mm_range()	whose tables, from where, to where
 *
 * Lines look like
 *	actor-71 [000] d.... 12: page_fault_user: address=0x1000 ip=0x2000 error_code=0x6
 */
#include "guest.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRACER "/sys/kernel/tracing/"
#define PROBE  "p:conformance/flush flush_tlb_mm_range mm=%di:x64 start=%si:x64 end=%dx:x64"

#define MAX_ACTORS  64
#define PROGRAM_END (UINT64_C(1) << 32) /* programs begin at 4 MiB */

static char *text, *next; /* of the trace that is being read; NULL: not yet */
static bool watching;	  /* somebody wants to know */

void trace_open(void)
{
	file_must_write(TRACER "trace_clock", "counter");
	file_must_write(TRACER "buffer_size_kb", "4096");
	file_must_write(TRACER "kprobe_events", PROBE);
	file_must_write(TRACER "events/conformance/flush/enable", "1");
	file_must_write(TRACER "events/exceptions/page_fault_user/enable", "1");
	file_must_write(TRACER "tracing_on", "0");
}

/* Opened with that flag, the file forgets what was recorded. */
static void empty(void)
{
	int fd = open(TRACER "trace", O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd < 0)
		side_fail("cannot empty the trace");
	close(fd);
}

void side_watch(void)
{
	free(text);
	text = next = NULL;
	watching = true;
	empty();
	file_must_write(TRACER "tracing_on", "1");
}

static uint64_t field(const char *line, const char *name)
{
	const char *found = strstr(line, name);

	if (!found)
		side_fail("the tracer's line \"%s\" has no %s", line, name);
	return strtoull(found + strlen(name), NULL, 16);
}

/* "  actor-71  [000] ...": the number before the bracket. */
static pid_t thread_of(const char *line)
{
	const char *at = strstr(line, " [");

	while (at && at > line && at[-1] == ' ')
		at--;
	while (at && at > line && at[-1] >= '0' && at[-1] <= '9')
		at--;
	return at ? (pid_t)strtol(at, NULL, 10) : 0;
}

/* Those of a case, also of actors that have left meanwhile. */
static struct {
	pid_t thread;
	uint64_t mm;
} known[MAX_ACTORS];
static unsigned nr_known;

void trace_add_actor(const struct side_actor *a)
{
	if (nr_known == MAX_ACTORS)
		side_fail("a case may have %d actors in all", MAX_ACTORS);
	known[nr_known].thread = a->thread;
	known[nr_known++].mm = a->mm;
}

static bool is_actor(pid_t thread)
{
	for (unsigned i = 0; i < nr_known; i++)
		if (known[i].thread == thread)
			return true;
	return false;
}

static bool is_actors_mm(uint64_t mm)
{
	for (unsigned i = 0; i < nr_known; i++)
		if (known[i].mm == mm)
			return true;
	return false;
}

/* What the child of a fork does first: it finds its way to the program and to its slot. */
static bool is_own(uint64_t address)
{
	return address < PROGRAM_END || address - BOARD_ADDRESS < BOARD_SIZE;
}

static bool read_fault(struct side_event *event, const char *line)
{
	event->address = field(line, "address=0x");
	event->detail = field(line, "error_code=0x");
	strcpy(event->what, "fault");
	return is_actor(thread_of(line)) && !is_own(event->address);
}

static bool read_flush(struct side_event *event, const char *line)
{
	event->address = field(line, "start=0x");
	event->detail = field(line, "end=0x");
	strcpy(event->what, "flush");
	return is_actors_mm(field(line, "mm=0x"));
}

static bool read_line(struct side_event *event, const char *line)
{
	if (*line == '#')
		return false;
	if (strstr(line, ": page_fault_user: "))
		return read_fault(event, line);
	if (strstr(line, ": flush: "))
		return read_flush(event, line);
	if (strstr(line, "LOST"))
		side_fail("the tracer lost events");
	return false;
}

static void stop(void)
{
	file_must_write(TRACER "tracing_on", "0");
	text = next = file_read(TRACER "trace", NULL);
	if (!text)
		side_fail("cannot read the trace");
}

bool side_next_event(struct side_event *event)
{
	if (!text)
		stop();
	while (*next) {
		char *line = next, *end = strchrnul(line, '\n');

		next = *end ? end + 1 : end;
		*end = '\0';
		if (read_line(event, line))
			return true;
	}
	return false;
}

void trace_pause(void)
{
	file_must_write(TRACER "tracing_on", "0");
}

void trace_go_on(void)
{
	if (watching && !text)
		file_must_write(TRACER "tracing_on", "1");
}

void trace_end_case(void)
{
	trace_pause();
	nr_known = 0;
}
