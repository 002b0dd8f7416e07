/* SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_topology_nursery.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "machine/topology_child_setup.h"

static void must(int holds)
{
	if (!holds)
		abort();
}

static int receive_request(int socket, struct request *request, int fds[2])
{
	struct iovec iov = {request, sizeof(*request)};
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control = {0};
	struct msghdr message = {.msg_iov = &iov,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control)};

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != sizeof(*request))
		return -1;
	if (request->order == START)
		memcpy(fds, CMSG_DATA(&control.head), 2 * sizeof(int));
	return 0;
}

/* setup() puts signals back to default, and with them the sanitizer's way to see a crash. */
static void start_child(const struct request *request, const int fds[2], struct shared *shared,
			pid_t mother)
{
	struct sigaction segv;

	sigaction(SIGSEGV, NULL, &segv);
	topology_child_setup(mother, fds[0], fds[1], topology_hwloc_environment, &request->limits);
	sigaction(SIGSEGV, &segv, NULL);
	shared->source.text = shared->text;
	topology_hwloc_job(&shared->source);
	close(TOPOLOGY_CHILD_ANSWER_FD);
	_exit(EXIT_SUCCESS);
}

void nursery_serve(int socket, struct shared *shared)
{
	struct request request;
	pid_t pid, mother = getpid();
	int fds[2], status;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (!receive_request(socket, &request, fds)) {
		if (request.order == REAP) {
			must(waitpid(request.pid, &status, 0) == request.pid);
			must(write(socket, &status, sizeof(status)) == sizeof(status));
			continue;
		}
		pid = fork();
		if (!pid)
			start_child(&request, fds, shared, mother);
		close(fds[0]);
		close(fds[1]);
		must(write(socket, &pid, sizeof(pid)) == sizeof(pid));
	}
	_exit(0);
}
