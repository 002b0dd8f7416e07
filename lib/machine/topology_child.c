/* SPDX-License-Identifier: BSD-2-Clause */
/* The caller's side: have a child started, listened to and reaped, and say what went wrong. */
#include "machine/topology_child.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "machine/topology_child_collect.h"
#include "machine/topology_child_start.h"

static int report(const struct child *c, enum fate fate, int status, const char *what,
		  struct numasim_error *err)
{
	const struct topology_child_limits *l = c->limits;

	switch (fate) {
	case NOT_READY:
		return error_set(err, -EAGAIN,
				 "%s: hwloc did not start in %u processes of %u ms each; is "
				 "another thread stuck in hwloc?",
				 what, l->attempts, l->ready_ms);
	case TOO_SLOW:
		return error_set(err, -EINVAL,
				 "%s: gave up after %u s; is the machine that it describes "
				 "too large, or the source malformed?",
				 what, l->total_ms / 1000);
	case TOO_LONG:
		return error_set(err, -EINVAL,
				 "%s: the answer has more than %zu bytes; is the "
				 "source malformed?",
				 what, l->answer);
	case OUT_OF_MEMORY:
		return error_set(err, -ENOMEM, "%s: no memory", what);
	case POLL_FAILED:
		return error_set(err, -ENOMEM, "%s: poll: %s", what, strerror(errno));
	case FINISHED:
		break;
	}
	if (status != -1 && WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
		return error_set(err, -EINVAL,
				 "%s: gave up after %u s of processor time; is the machine that it "
				 "describes too large, or the source malformed?",
				 what, l->cpu_s);
	if (status != -1 && WIFSIGNALED(status) && (c->ended || WTERMSIG(status) != SIGKILL))
		return error_set(err, -EINVAL,
				 "%s: hwloc died of it (signal %d, %s): the source is malformed; "
				 "write it again with lstopo",
				 what, WTERMSIG(status),
				 sigdescr_np(WTERMSIG(status)) ?: "unknown");
	/* A whole answer counts whatever the exit status: valgrind, for one, sets its own. */
	if (status != -1 && WIFEXITED(status) && WEXITSTATUS(status) && !c->result->len)
		return error_set(err, -EINVAL, "%s: hwloc gave up (exit status %d)", what,
				 WEXITSTATUS(status));
	return 0;
}

static void close_pair(const int pair[2])
{
	close(pair[0]);
	close(pair[1]);
}

/* Both pipes are close-on-exec; neither the child's notes nor reading here ever waits. */
static int open_pipes(int answer[2], int notes[2])
{
	int error;

	if (pipe2(answer, O_CLOEXEC))
		return -errno;
	if (!pipe2(notes, O_CLOEXEC | O_NONBLOCK)) {
		if (!fcntl(answer[0], F_SETFL, O_NONBLOCK))
			return 0;
		error = errno;
		close_pair(notes);
		errno = error;
	}
	error = errno;
	close_pair(answer);
	return -error;
}

static int run_once(struct child *c, void (*job)(void *arg), void *arg, char *const environment[],
		    enum fate *fate, const char *what, struct numasim_error *err)
{
	int answer[2], notes[2], status, ret = open_pipes(answer, notes);

	if (ret)
		return error_set(err, ret, "%s: no pipe: %s", what, strerror(-ret));
	topology_child_start_clock(c);
	c->pid = topology_child_start(answer[1], notes[1], job, arg, environment, c->limits);
	if (c->pid < 0) {
		ret = -errno;
		close_pair(answer);
		close_pair(notes);
		return error_set(err, ret, "%s: no process: %s", what, strerror(-ret));
	}
	close(answer[1]);
	close(notes[1]);
	c->answer_fd = answer[0];
	c->notes_fd = notes[0];
	c->pidfd = pidfd_open(c->pid, 0);
	*fate = topology_child_collect(c);
	ret = errno;
	status = topology_child_reap(c);
	errno = ret;
	ret = report(c, *fate, status, what, err);
	close(c->answer_fd);
	close(c->notes_fd);
	if (c->pidfd >= 0)
		close(c->pidfd);
	return ret;
}

int topology_child_run(struct topology_child_result *result, void (*job)(void *arg), void *arg,
		       char *const environment[], const struct topology_child_limits *limits,
		       const char *what, struct numasim_error *err)
{
	enum fate fate = NOT_READY;
	unsigned attempt;
	int ret = -EAGAIN, cancel_state;

	/* A cancelled thread would leave a child behind. */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	for (attempt = 0; attempt < limits->attempts && fate == NOT_READY; attempt++) {
		struct child c = {.limits = limits, .result = result};

		memset(result, 0, sizeof(*result));
		fate = FINISHED;
		ret = run_once(&c, job, arg, environment, &fate, what, err);
		if (ret) {
			free(result->answer);
			result->answer = NULL;
			result->len = 0;
		}
	}
	pthread_setcancelstate(cancel_state, NULL);
	return ret;
}
