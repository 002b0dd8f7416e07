/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/topology_child_start.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "machine/topology_child_setup.h"

/* Signals are blocked around the fork, so that no handler of the caller runs in the child. */
pid_t topology_child_start(int answer_fd, int notes_fd, void (*job)(void *arg), void *arg,
			   char *const environment[], const struct topology_child_limits *limits)
{
	pid_t pid, caller = getpid();
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (!pid) {
		topology_child_setup(caller, answer_fd, notes_fd, environment, limits);
		job(arg);
		/* Nothing may be added to the answer; valgrind flushes files even at _exit(). */
		close(TOPOLOGY_CHILD_ANSWER_FD);
		_exit(EXIT_SUCCESS);
	}
	error = errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = error;
	return pid;
}

int topology_child_reap(const struct child *c)
{
	int status;
	pid_t pid;

	if (!c->ended && c->pidfd >= 0)
		pidfd_send_signal(c->pidfd, SIGKILL, NULL, 0);
	else if (!c->ended && !topology_child_has_ended(c))
		kill(c->pid, SIGKILL);
	do
		pid = waitpid(c->pid, &status, 0);
	while (pid < 0 && errno == EINTR);
	return pid == c->pid ? status : -1;
}
