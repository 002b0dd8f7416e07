/* SPDX-License-Identifier: BSD-2-Clause */
/* A job in a process of its own: whatever it does, the caller comes away whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "machine/topology_child.h"

static char *const environment[] = {"GIVEN=yes", NULL};

static const struct topology_child_limits limits = {.ready_ms = 5000,
						    .attempts = 2,
						    .total_ms = 20000,
						    .cpu_s = 10,
						    .memory = 256 << 20,
						    .answer = 1 << 20};

static struct topology_child_result result;
static struct numasim_error err;

static int run_within(void (*job)(void *), void *arg, const struct topology_child_limits *l)
{
	memset(&err, 0, sizeof(err));
	return topology_child_run(&result, job, arg, environment, l, "testing", &err);
}

static int run(void (*job)(void *), void *arg)
{
	return run_within(job, arg, &limits);
}

static void expect_answer(const void *bytes, size_t len)
{
	assert_int_equal(result.len, len);
	assert_memory_equal(result.answer, bytes, len);
	free(result.answer);
}

static void expect_error(int ret, int code, const char *text)
{
	assert_int_equal(ret, code);
	assert_int_equal(err.code, code);
	assert_string_equal(err.text, text);
	assert_null(result.answer);
}

static unsigned open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

/* Around every test: no file stays open, no child stays behind, no signal stays blocked. */
static unsigned files_before;

static int before(void **state)
{
	files_before = open_files();
	return 0;
}

static int after(void **state)
{
	sigset_t mask;
	int sig;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (sig = 1; sig < SIGRTMAX; sig++)
		if (sigismember(&mask, sig) == 1)
			return -1;
	if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
		return -1;
	return open_files() == files_before ? 0 : -1;
}

static void job_echo(void *arg)
{
	topology_child_ready();
	topology_child_answer(arg, strlen(arg));
}

static void an_answer_comes_back(void **state)
{
	assert_int_equal(run(job_echo, "hello"), 0);
	expect_answer("hello", 5);
	assert_string_equal(result.notes, "");
}

static void job_nothing(void *arg)
{
	topology_child_ready();
}

static void job_not_even_ready(void *arg)
{
}

static void an_answer_may_be_empty(void **state)
{
	assert_int_equal(run(job_nothing, NULL), 0);
	expect_answer("", 0);
	assert_int_equal(run(job_not_even_ready, NULL), 0);
	expect_answer("", 0);
}

static void job_bytes(void *arg)
{
	size_t i, len = *(size_t *)arg;
	char *bytes = malloc(len);

	topology_child_ready();
	for (i = 0; i < len; i++)
		bytes[i] = (char)(i * 7 >> 3);
	topology_child_answer(bytes, len);
}

static void an_answer_may_be_as_long_as_the_limit(void **state)
{
	size_t i, len = limits.answer;

	assert_int_equal(run(job_bytes, &len), 0);
	assert_int_equal(result.len, len);
	for (i = 0; i < len; i++)
		assert_int_equal(((char *)result.answer)[i], (char)(i * 7 >> 3));
	free(result.answer);
	len++;
	expect_error(run(job_bytes, &len), -EINVAL,
		     "testing: the answer has more than 1048576 bytes; is the source malformed?");
}

static void job_signal(void *arg)
{
	topology_child_ready();
	topology_child_answer("half of", 7);
	raise(*(int *)arg);
}

static void a_dead_child_is_an_error(void **state)
{
	int sig = SIGSEGV;

	expect_error(run(job_signal, &sig), -EINVAL,
		     "testing: hwloc died of it (signal 11, Segmentation fault): the source is "
		     "malformed; write it again with lstopo");
	sig = SIGABRT;
	expect_error(run(job_signal, &sig), -EINVAL,
		     "testing: hwloc died of it (signal 6, Aborted): the source is malformed; write "
		     "it again with lstopo");
	sig = SIGKILL;
	expect_error(run(job_signal, &sig), -EINVAL,
		     "testing: hwloc died of it (signal 9, Killed): the source is malformed; write "
		     "it again with lstopo");
}

static void job_exit(void *arg)
{
	topology_child_ready();
	exit(*(int *)arg);
}

static void a_child_that_exits_with_a_status_is_an_error(void **state)
{
	int status = 3;

	expect_error(run(job_exit, &status), -EINVAL,
		     "testing: hwloc gave up (exit status 3)");
}

static void job_wait(void *arg)
{
	if (*(bool *)arg)
		topology_child_ready();
	for (;;)
		pause();
}

static void a_hanging_child_is_given_up(void **state)
{
	struct topology_child_limits l = limits;
	bool ready = true;

	l.total_ms = 1500;
	expect_error(run_within(job_wait, &ready, &l), -EINVAL,
		     "testing: gave up after 1 s; is the machine that it describes too large, or "
		     "the source malformed?");
	ready = false;
	l.ready_ms = 100;
	expect_error(run_within(job_wait, &ready, &l), -EAGAIN,
		     "testing: hwloc did not start in 2 processes of 100 ms each; is another "
		     "thread stuck in hwloc?");
}

static void job_wait_the_first_time(void *arg)
{
	if (!(*(int *)arg)++)
		for (;;)
			pause();
	job_echo("second");
}

static void a_child_that_cannot_start_is_tried_again(void **state)
{
	struct topology_child_limits l = limits;
	int *runs = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	l.ready_ms = 500;
	l.attempts = 5;
	assert_int_equal(run_within(job_wait_the_first_time, runs, &l), 0);
	expect_answer("second", 6);
	assert_true(*runs >= 2);
	munmap(runs, 4096);
}

static void job_spin(void *arg)
{
	topology_child_ready();
	for (;;)
		*(volatile int *)arg += 1;
}

static void processor_time_is_limited(void **state)
{
	struct topology_child_limits l = limits;
	int turns = 0;

	l.cpu_s = 1;
	expect_error(run_within(job_spin, &turns, &l), -EINVAL,
		     "testing: gave up after 1 s of processor time; is the machine that it "
		     "describes too large, or the source malformed?");
}

static void job_allocate(void *arg)
{
	void *p = mmap(NULL, *(size_t *)arg, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	topology_child_ready();
	topology_child_answer(p == MAP_FAILED ? "no" : "yes", p == MAP_FAILED ? 2 : 3);
}

static void memory_is_limited(void **state)
{
	size_t size = limits.memory / 2;

	assert_int_equal(run(job_allocate, &size), 0);
	expect_answer("yes", 3);
	size = limits.memory + (16 << 20);
	assert_int_equal(run(job_allocate, &size), 0);
	expect_answer("no", 2);
}

static void job_close_and_stay(void *arg)
{
	job_echo("done");
	close(3);
	pause();
}

static void an_answer_counts_when_it_has_ended(void **state)
{
	assert_int_equal(run(job_close_and_stay, NULL), 0);
	expect_answer("done", 4);
}

static void job_complain(void *arg)
{
	int i;

	topology_child_ready();
	fprintf(stderr, "line one\nline\ttwo \033[31mred \377\n");
	for (i = 0; i < *(int *)arg; i++)
		fprintf(stderr, "and again %d ", i);
	fprintf(stderr, "\n\n");
	printf("nobody reads this\n");
	fflush(stdout);
	topology_child_answer("ok", 2);
}

static void notes_are_made_fit_to_be_shown(void **state)
{
	int more = 0;

	assert_int_equal(run(job_complain, &more), 0);
	expect_answer("ok", 2);
	assert_string_equal(result.notes, "line one line?two ?[31mred ?");
}

static void notes_are_cut(void **state)
{
	int more = 100000;

	assert_int_equal(run(job_complain, &more), 0);
	expect_answer("ok", 2);
	assert_int_equal(strlen(result.notes), sizeof(result.notes) - 1);
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

	if (getenv("NUMASIM_VALGRIND") || getenv("LD_PRELOAD"))
		skip(); /* valgrind keeps files of its own */
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
	require(!run(job_complain, &(int){0}) && result.len == 2 && !strncmp(result.notes, "line", 4));
	require(open("/dev/null", O_RDONLY) == 0);
}

static void we_may_lack_standard_files(void **state)
{
	in_a_process(scene_without_standard_files);
}

static void scene_without_room_for_files(void)
{
	struct rlimit none = {3, 3};

	setrlimit(RLIMIT_NOFILE, &none);
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
	int sig = SIGSEGV;

	l.total_ms = 300;
	require(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	require(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter));
	require(!run(job_echo, "old") && result.len == 3);
	require(run(job_signal, &sig) == -EINVAL && strstr(err.text, "signal 11"));
	require(run_within(job_wait, &(bool){true}, &l) == -EINVAL);
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
	job_wait(&(bool){true});
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, before, after)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_comes_back),
		TEST(an_answer_may_be_empty),
		TEST(an_answer_may_be_as_long_as_the_limit),
		TEST(a_dead_child_is_an_error),
		TEST(a_child_that_exits_with_a_status_is_an_error),
		TEST(a_hanging_child_is_given_up),
		TEST(a_child_that_cannot_start_is_tried_again),
		TEST(processor_time_is_limited),
		TEST(memory_is_limited),
		TEST(an_answer_counts_when_it_has_ended),
		TEST(notes_are_made_fit_to_be_shown),
		TEST(notes_are_cut),
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
