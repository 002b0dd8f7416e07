/* SPDX-License-Identifier: BSD-2-Clause */
/* The fuzzer's end of fuzz_topology_nursery.h; takes the place of topology_child_start.c. */
#include "fuzz_topology_child.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#endif

#include "fuzz_topology_nursery.h"
#include "machine/topology_child_start.h"

static struct nursery {
	struct shared *shared;
	int socket;
} nursery;

static void must(int holds)
{
	if (!holds)
		abort();
}

static void send_request(int socket, const struct request *request, const int *fds, size_t nr)
{
	struct iovec iov = {(void *)request, sizeof(*request)};
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control = {0};
	struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};

	if (nr) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		control.head.cmsg_len = CMSG_LEN(nr * sizeof(int));
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		memcpy(CMSG_DATA(&control.head), fds, nr * sizeof(int));
	}
	must(sendmsg(socket, &message, MSG_NOSIGNAL) == sizeof(*request));
}

static void sanitizer_report(const char *report)
{
	if (strstr(report, "libhwloc.so"))
		_exit(EXIT_FAILURE);
}

static void become_nursery(int socket, int input, struct shared *shared)
{
	const char *program = getenv("NUMASIM_FUZZ_NURSERY");

	if (program) {
		int lifted = fcntl(input, F_DUPFD_CLOEXEC, NURSERY_INPUT + 1);

		dup2(fcntl(socket, F_DUPFD_CLOEXEC, NURSERY_INPUT + 1), NURSERY_SOCKET);
		dup2(lifted, NURSERY_INPUT);
		execl(program, program, (char *)NULL);
		_exit(EXIT_FAILURE);
	}
#if __has_feature(address_sanitizer)
	__asan_set_error_report_callback(sanitizer_report);
#else
	(void)sanitizer_report;
#endif
	nursery_serve(socket, shared);
}

void fuzz_topology_nursery_open(void)
{
	int pair[2], input = memfd_create("input", MFD_CLOEXEC);

	must(input >= 0 && !ftruncate(input, sizeof(*nursery.shared)));
	nursery.shared =
		mmap(NULL, sizeof(*nursery.shared), PROT_READ | PROT_WRITE, MAP_SHARED, input, 0);
	must(nursery.shared != MAP_FAILED);
	must(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair));
	if (!fork()) {
		close(pair[0]);
		become_nursery(pair[1], input, nursery.shared);
	}
	close(pair[1]);
	close(input);
	nursery.socket = pair[0];
}

pid_t topology_child_start(int answer_fd, int notes_fd, void (*job)(void *arg), void *arg,
			   char *const environment[], const struct topology_child_limits *limits)
{
	const struct topology_source *source = arg;
	struct request request = {.order = START, .limits = *limits};
	int fds[2] = {answer_fd, notes_fd};
	pid_t pid;

	must(job == topology_hwloc_job && environment == topology_hwloc_environment);
	must(source->len < ROOM);
	nursery.shared->source = *source;
	memcpy(nursery.shared->text, source->text, source->len + 1);
	send_request(nursery.socket, &request, fds, 2);
	must(read(nursery.socket, &pid, sizeof(pid)) == sizeof(pid));
	return pid;
}

int topology_child_reap(const struct child *c)
{
	struct request request = {.order = REAP, .pid = c->pid};
	int status;

	if (!c->ended)
		pidfd_send_signal(c->pidfd, SIGKILL, NULL, 0);
	send_request(nursery.socket, &request, NULL, 0);
	must(read(nursery.socket, &status, sizeof(status)) == sizeof(status));
	must(!WIFEXITED(status) || WEXITSTATUS(status) != FUZZ_FINDING);
	return status;
}
