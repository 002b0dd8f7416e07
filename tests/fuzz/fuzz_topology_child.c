/* SPDX-License-Identifier: BSD-2-Clause */
/* The fuzzer's end of fuzz_topology_nursery.h; takes the place of topology_child_start.c. */
#include "fuzz_topology_child.h"

#include <errno.h>
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
} with_sanitizers, lean;

static struct nursery *nursery = &with_sanitizers;
static bool died_unseen;
static struct fuzz_topology_count count;

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
	must(TEMP_FAILURE_RETRY(sendmsg(socket, &message, MSG_NOSIGNAL)) == sizeof(*request));
}

/* libFuzzer's clock interrupts it now and then. */
static int receive_number(int socket)
{
	int number;

	must(TEMP_FAILURE_RETRY(read(socket, &number, sizeof(number))) == sizeof(number));
	return number;
}

static void sanitizer_report(const char *report)
{
	if (strstr(report, "libhwloc.so"))
		_exit(EXIT_FAILURE);
}

static void become_program(const char *program, int socket, int input)
{
	int lifted = fcntl(input, F_DUPFD_CLOEXEC, NURSERY_INPUT + 1);

	dup2(fcntl(socket, F_DUPFD_CLOEXEC, NURSERY_INPUT + 1), NURSERY_SOCKET);
	dup2(lifted, NURSERY_INPUT);
	execl(program, program, (char *)NULL);
	_exit(EXIT_FAILURE);
}

static void become_nursery(const char *program, int socket, int input, struct shared *shared)
{
	if (program)
		become_program(program, socket, input);
#if __has_feature(address_sanitizer)
	__asan_set_error_report_callback(sanitizer_report);
#else
	(void)sanitizer_report;
#endif
	nursery_serve(socket, shared);
}

/* @program: NULL is this one. */
static void nursery_open(struct nursery *n, const char *program)
{
	int pair[2], input = memfd_create("input", MFD_CLOEXEC);

	must(input >= 0 && !ftruncate(input, sizeof(*n->shared)));
	n->shared = mmap(NULL, sizeof(*n->shared), PROT_READ | PROT_WRITE, MAP_SHARED, input, 0);
	must(n->shared != MAP_FAILED);
	must(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair));
	if (!fork()) {
		close(pair[0]);
		become_nursery(program, pair[1], input, n->shared);
	}
	close(pair[1]);
	close(input);
	n->socket = pair[0];
}

void fuzz_topology_nursery_open(void)
{
	const char *program = getenv("NUMASIM_FUZZ_NURSERY");

	nursery_open(&with_sanitizers, NULL);
	if (program)
		nursery_open(&lean, program);
	fuzz_topology_look_closely(false);
}

void fuzz_topology_look_closely(bool closely)
{
	nursery = closely || !lean.shared ? &with_sanitizers : &lean;
}

bool fuzz_topology_died_unseen(void)
{
	bool died = died_unseen;

	died_unseen = false;
	return died;
}

struct fuzz_topology_count fuzz_topology_count(void)
{
	return count;
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
	nursery->shared->source = *source;
	memcpy(nursery->shared->text, source->text, source->len + 1);
	send_request(nursery->socket, &request, fds, 2);
	pid = receive_number(nursery->socket);
	count.children++;
	count.lean += nursery == &lean;
	return pid;
}

/*
 * SIGXCPU is its limit, SIGKILL the caller's; SIGILL is how UBSan ends a child of the lean nursery.
 * What dies in hwloc under sanitizers exits, see sanitizer_report().
 */
static void look_at_death(int sig)
{
	must(sig != SIGILL);
	if (sig == SIGXCPU || sig == SIGKILL) {
		count.too_slow++;
		return;
	}
	count.died++;
	died_unseen = died_unseen || nursery == &lean;
}

int topology_child_reap(const struct child *c)
{
	struct request request = {.order = REAP, .pid = c->pid};
	int status;

	if (!c->ended)
		pidfd_send_signal(c->pidfd, SIGKILL, NULL, 0);
	send_request(nursery->socket, &request, NULL, 0);
	status = receive_number(nursery->socket);
	if (WIFSIGNALED(status))
		look_at_death(WTERMSIG(status));
	if (WIFEXITED(status)) {
		must(WEXITSTATUS(status) != FUZZ_FINDING);
		count.died += WEXITSTATUS(status) == EXIT_FAILURE;
	}
	return status;
}
