/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/topology_child_collect.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How often to look after the child on kernels without pidfd_open(2). */
#define LOOK_MS 10

/* How long a child whose answer has ended may take to end itself, before it is killed. */
#define LINGER_MS 1000

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Milliseconds until the next deadline, at least 0. */
static int remaining_ms(const struct child *c)
{
	uint64_t passed = now_ms() - c->started_ms;
	uint64_t limit = c->ready ? c->limits->total_ms : c->limits->ready_ms;

	return passed < limit ? (int)(limit - passed) : 0;
}

/* Make room for one byte more than is allowed, so that too much can be told from just enough. */
static bool grow(struct child *c)
{
	struct topology_child_result *r = c->result;
	size_t room = c->room ? 2 * c->room : 4096;
	void *bigger;

	if (room > c->limits->answer + 1)
		room = c->limits->answer + 1;
	bigger = realloc(r->answer, room);
	if (!bigger)
		return false;
	r->answer = bigger;
	c->room = room;
	return true;
}

/* Read what there is of the answer; true at its end, or when there is no point in going on. */
static bool read_answer(struct child *c)
{
	struct topology_child_result *r = c->result;

	for (;;) {
		char mark;
		ssize_t got;

		if (!c->ready) {
			got = read(c->answer_fd, &mark, 1);
			c->ready = got == 1;
		} else {
			if (r->len == c->room && !grow(c)) {
				c->no_memory = true;
				return true;
			}
			got = read(c->answer_fd, (char *)r->answer + r->len, c->room - r->len);
			r->len += got > 0 ? (size_t)got : 0;
			if (r->len > c->limits->answer)
				return true;
		}
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0;
	}
}

/* Keep the first of the notes, drop the rest. */
static void read_notes(struct child *c)
{
	char dropped[512];
	size_t room = sizeof(c->result->notes) - 1;
	ssize_t got;

	do {
		bool keep = c->notes_len < room;

		got = read(c->notes_fd, keep ? c->result->notes + c->notes_len : dropped,
			   keep ? room - c->notes_len : sizeof(dropped));
		c->notes_len += keep && got > 0 ? (size_t)got : 0;
	} while (got > 0 || (got < 0 && errno == EINTR));
}

/* One line that is fit to be shown: the child's input may have had its hand in it. */
static void tidy_notes(struct child *c)
{
	char *notes = c->result->notes;
	size_t i, end = c->notes_len;

	while (end && isspace((unsigned char)notes[end - 1]))
		end--;
	for (i = 0; i < end; i++) {
		if (notes[i] == '\n')
			notes[i] = ' ';
		else if (notes[i] < ' ' || notes[i] > '~')
			notes[i] = '?';
	}
	notes[end] = '\0';
}

bool topology_child_has_ended(const struct child *c)
{
	siginfo_t info = {0};

	return waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) || info.si_pid;
}

/* An ended answer mostly means that the child is about to end: its status is worth a moment. */
static void linger(struct child *c)
{
	struct pollfd fd = {c->pidfd, POLLIN, 0};
	int waited;

	if (c->pidfd >= 0 && !c->ended)
		c->ended = poll(&fd, 1, LINGER_MS) > 0;
	for (waited = 0; c->pidfd < 0 && !c->ended && waited < LINGER_MS; waited++) {
		c->ended = topology_child_has_ended(c);
		if (!c->ended)
			poll(NULL, 0, 1);
	}
}

static enum fate listen_to(struct child *c)
{
	struct pollfd fds[] = {
		{c->answer_fd, POLLIN, 0}, {c->pidfd, POLLIN, 0}, {c->notes_fd, POLLIN, 0}};

	for (;;) {
		int wait_ms = remaining_ms(c);
		bool done, late = !wait_ms;

		if (c->pidfd < 0 && wait_ms > LOOK_MS)
			wait_ms = LOOK_MS;
		if (poll(fds, 3, wait_ms) < 0 && errno != EINTR)
			return POLL_FAILED;
		c->ended = c->pidfd < 0 ? topology_child_has_ended(c) : fds[1].revents != 0;
		done = read_answer(c); /* after the look at the child, so nothing is missed */
		read_notes(c);
		if (fds[2].revents & POLLHUP)
			fds[2].fd = -1;
		if (c->no_memory)
			return OUT_OF_MEMORY;
		if (c->result->len > c->limits->answer)
			return TOO_LONG;
		if (done)
			linger(c);
		if (done || c->ended)
			return FINISHED;
		if (late && !remaining_ms(c))
			return c->ready ? TOO_SLOW : NOT_READY;
	}
}

enum fate topology_child_collect(struct child *c)
{
	enum fate fate = listen_to(c);
	int error = errno;

	tidy_notes(c);
	errno = error;
	return fate;
}

void topology_child_start_clock(struct child *c)
{
	c->started_ms = now_ms();
}
