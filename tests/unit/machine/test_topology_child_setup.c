/* SPDX-License-Identifier: BSD-2-Clause */
/* What a child has of its caller, and what the caller notices of it: next to nothing. */
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "topology_child_test.h"

static void job_segfault(void *arg)
{
	topology_child_ready();
	raise(SIGSEGV);
}

static void job_wait(void *arg)
{
	topology_child_ready();
	for (;;)
		pause();
}

static void job_complain(void *arg)
{
	topology_child_ready();
	fprintf(stderr, "line");
	topology_child_answer("ok", 2);
}

static void job_tell_environment(void *arg)
{
	char text[200];

	topology_child_ready();
	snprintf(text, sizeof(text), "%s %s", getenv("GIVEN"), getenv("NUMASIM_SECRET") ?: "none");
	topology_child_answer(text, strlen(text));
}

static void the_environment_is_the_given_one(void **state)
{
	setenv("NUMASIM_SECRET", "leak", 1);
	assert_int_equal(run(job_tell_environment, NULL), 0);
	expect_answer("yes none", 8);
	assert_string_equal(getenv("NUMASIM_SECRET"), "leak");
}

static void job_tell_files(void *arg)
{
	unsigned n = open_files();

	topology_child_ready();
	topology_child_answer(&n, sizeof(n));
}

/* The child has 0 to 3 and, while it counts, the directory; readdir() adds "." and "..". */
static void the_child_has_none_of_our_files(void **state)
{
	int pair[2], high;
	unsigned expected = 4 + 1 + 2;

	if (getenv("LD_PRELOAD")) {
		print_message("# skipped: valgrind keeps files of its own\n");
		return;
	}
	assert_int_equal(pipe(pair), 0);
	high = fcntl(pair[0], F_DUPFD, 200);
	assert_int_equal(run(job_tell_files, NULL), 0);
	expect_answer(&expected, sizeof(expected));
	close(pair[0]);
	close(pair[1]);
	close(high);
}

static void job_tell_signals(void *arg)
{
	struct sigaction action;
	sigset_t mask;
	bool clean;

	sigaction(SIGUSR1, NULL, &action);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	clean = action.sa_handler == SIG_DFL && !sigismember(&mask, SIGUSR2);
	topology_child_ready();
	topology_child_answer(clean ? "clean" : "dirty", 5);
}

static void ignore(int sig)
{
}

static void signals_are_default_in_the_child_and_kept_here(void **state)
{
	struct sigaction ours = {.sa_handler = ignore}, now;
	sigset_t usr2, mask;

	sigaction(SIGUSR1, &ours, NULL);
	sigemptyset(&usr2);
	sigaddset(&usr2, SIGUSR2);
	sigprocmask(SIG_BLOCK, &usr2, NULL);
	assert_int_equal(run(job_tell_signals, NULL), 0);
	expect_answer("clean", 5);
	sigaction(SIGUSR1, NULL, &now);
	assert_ptr_equal(now.sa_handler, ignore);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	assert_int_equal(sigismember(&mask, SIGUSR2), 1);
	assert_int_equal(sigismember(&mask, SIGUSR1), 0);
	sigprocmask(SIG_UNBLOCK, &usr2, NULL);
	signal(SIGUSR1, SIG_DFL);
}

static void reap_everything(int sig)
{
	int error = errno;

	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = error;
}

/* The answer then stands alone: nobody can say how the child ended. */
static void somebody_else_may_reap(void **state)
{
	struct sigaction reap = {.sa_handler = reap_everything};
	int i;

	sigaction(SIGCHLD, &reap, NULL);
	for (i = 0; i < 20; i++) {
		assert_int_equal(run(job_echo, "reaped"), 0);
		expect_answer("reaped", 6);
	}
	signal(SIGCHLD, SIG_IGN);
	for (i = 0; i < 20; i++) {
		assert_int_equal(run(job_echo, "ignored"), 0);
		expect_answer("ignored", 7);
	}
	signal(SIGCHLD, SIG_DFL);
}

static int *handlers_run;

static void count_handler(void)
{
	++*handlers_run;
}

static void nothing_of_ours_runs_at_its_end(void **state)
{
	FILE *file = tmpfile();

	handlers_run = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	atexit(count_handler);
	assert_non_null(file);
	fputs("written once", file);
	assert_int_equal(run(job_echo, "x"), 0);
	expect_answer("x", 1);
	fflush(file);
	assert_int_equal(ftell(file), 12);
	assert_int_equal(lseek(fileno(file), 0, SEEK_END), 12);
	assert_int_equal(*handlers_run, 0);
	fclose(file);
}

/* Run @scene in a process of its own, whose exit status must be 0; it may change the process. */
static void in_a_process(void (*scene)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		scene();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void require(bool holds)
{
	if (!holds)
		_exit(1);
}

static void scene_without_standard_files(void)
{
	close(0);
	close(1);
	close(2);
	require(!run(job_complain, NULL) && result.len == 2 && !strcmp(result.notes, "line"));
	free(result.answer);
	require(open("/dev/null", O_RDONLY) == 0);
}

static void we_may_lack_standard_files(void **state)
{
	in_a_process(scene_without_standard_files);
}

static void scene_without_room_for_files(void)
{
	struct rlimit few = {256, 256};

	setrlimit(RLIMIT_NOFILE, &few); /* valgrind refuses; then there are more to use up */
	while (open("/dev/null", O_RDONLY) >= 0)
		;
	require(run(job_echo, "x") == -EMFILE && strstr(err.text, "no pipe"));
}

static void a_lack_of_files_is_an_error(void **state)
{
	in_a_process(scene_without_room_for_files);
}

/* A kernel from before pidfd_open(2), as far as this process can tell. */
static void scene_without_pidfd(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {sizeof(code) / sizeof(*code), code};
	struct topology_child_limits l = limits;

	l.total_ms = 300;
	require(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	require(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter));
	require(!run(job_echo, "old") && result.len == 3);
	free(result.answer);
	require(run(job_segfault, NULL) == -EINVAL && strstr(err.text, "signal 11"));
	require(run_within(job_wait, NULL, &l) == -EINVAL);
	require(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
}

static void old_kernels_will_do(void **state)
{
	in_a_process(scene_without_pidfd);
}

static pid_t *orphan;

static void job_tell_pid_and_wait(void *arg)
{
	*orphan = getpid();
	job_wait(NULL);
}

/* The test adopts the orphan, so that it can see it end. */
static void the_child_dies_with_us(void **state)
{
	int status, i;
	pid_t caller;

	orphan = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	caller = fork();
	if (!caller)
		_exit(run(job_tell_pid_and_wait, NULL));
	for (i = 0; i < 10000 && !*(volatile pid_t *)orphan; i++)
		usleep(1000);
	assert_int_not_equal(*orphan, 0);
	kill(caller, SIGKILL);
	assert_int_equal(waitpid(caller, &status, 0), caller);
	assert_int_equal(waitpid(*orphan, &status, 0), *orphan);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	munmap(orphan, 4096);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_environment_is_the_given_one),
		TEST(the_child_has_none_of_our_files),
		TEST(signals_are_default_in_the_child_and_kept_here),
		TEST(somebody_else_may_reap),
		TEST(nothing_of_ours_runs_at_its_end),
		TEST(we_may_lack_standard_files),
		TEST(a_lack_of_files_is_an_error),
		TEST(old_kernels_will_do),
		TEST(the_child_dies_with_us),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
