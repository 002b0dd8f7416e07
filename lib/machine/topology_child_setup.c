/* SPDX-License-Identifier: BSD-2-Clause */
/* The child's own side of topology_child.h. */
#include "machine/topology_child_setup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* Handlers of the caller must not run here, and what kills by default must kill. */
static void default_signals(void)
{
	struct sigaction action = {.sa_handler = SIG_DFL};
	int sig;

	for (sig = 1; sig <= SIGRTMAX; sig++)
		sigaction(sig, &action, NULL);
}

/* The caller may lack any of 0, 1 and 2, so both pipes are first lifted out of the way. */
static void own_files(int answer_fd, int notes_fd)
{
	int answer = fcntl(answer_fd, F_DUPFD, TOPOLOGY_CHILD_ANSWER_FD + 1);
	int notes = fcntl(notes_fd, F_DUPFD, TOPOLOGY_CHILD_ANSWER_FD + 1);
	int null = open("/dev/null", O_RDWR);

	if (answer < 0 || notes < 0)
		_exit(EXIT_FAILURE);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
	} else {
		close(STDIN_FILENO);
		close(STDOUT_FILENO);
	}
	dup2(notes, STDERR_FILENO);
	dup2(answer, TOPOLOGY_CHILD_ANSWER_FD);
	closefrom(TOPOLOGY_CHILD_ANSWER_FD + 1);
}

/* Bytes of address space in use, or 0 when the kernel does not say. */
static uint64_t address_space(void)
{
	char text[32];
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return 0;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	return strtoull(text, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Lower a limit, never raise it: the caller may live under one that is tighter. */
static void lower(int resource, rlim_t soft, rlim_t hard)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit))
		return;
	if (hard < limit.rlim_max)
		limit.rlim_max = hard;
	limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
	setrlimit(resource, &limit);
}

void topology_child_setup(pid_t caller, int answer_fd, int notes_fd, char *const environment[],
			  const struct topology_child_limits *limits)
{
	uint64_t used = address_space();
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != caller) /* it died before it could have been noticed */
		_exit(EXIT_FAILURE);
	default_signals();
	own_files(answer_fd, notes_fd);
	lower(RLIMIT_CORE, 0, 0);
	lower(RLIMIT_FSIZE, 0, 0);
	lower(RLIMIT_CPU, limits->cpu_s, limits->cpu_s + 1);
	if (used)
		lower(RLIMIT_AS, used + limits->memory, used + limits->memory);
	environ = (char **)environment;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

void topology_child_answer(const void *bytes, size_t len)
{
	const char *next = bytes;

	while (len) {
		ssize_t done = write(TOPOLOGY_CHILD_ANSWER_FD, next, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			_exit(EXIT_FAILURE);
		next += done;
		len -= (size_t)done;
	}
}

void topology_child_ready(void)
{
	char mark = TOPOLOGY_CHILD_READY;

	topology_child_answer(&mark, sizeof(mark));
}
