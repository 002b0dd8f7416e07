/* SPDX-License-Identifier: BSD-2-Clause */
/* A job in a process of its own: whatever it does, its caller hears an answer or an error. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "topology_child_test.h"

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
	free(bytes);
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
	expect_error(
		run(job_signal, &sig), -EINVAL,
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

static void job_answer_and_exit(void *arg)
{
	job_echo("whole");
	exit(*(int *)arg);
}

static void a_child_that_exits_without_an_answer_is_an_error(void **state)
{
	int status = 3;

	assert_int_equal(run(job_answer_and_exit, &status), 0);
	expect_answer("whole", 5);

	expect_error(run(job_exit, &status), -EINVAL, "testing: hwloc gave up (exit status 3)");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_comes_back),
		TEST(an_answer_may_be_empty),
		TEST(an_answer_may_be_as_long_as_the_limit),
		TEST(a_dead_child_is_an_error),
		TEST(a_child_that_exits_without_an_answer_is_an_error),
		TEST(a_hanging_child_is_given_up),
		TEST(a_child_that_cannot_start_is_tried_again),
		TEST(processor_time_is_limited),
		TEST(memory_is_limited),
		TEST(an_answer_counts_when_it_has_ended),
		TEST(notes_are_made_fit_to_be_shown),
		TEST(notes_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
