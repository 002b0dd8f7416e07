/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of topology_child share: running a job, and looking for what it left behind. */
#ifndef TOPOLOGY_CHILD_TEST_H
#define TOPOLOGY_CHILD_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

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

static inline int run_within(void (*job)(void *), void *arg, const struct topology_child_limits *l)
{
	memset(&err, 0, sizeof(err));
	return topology_child_run(&result, job, arg, environment, l, "testing", &err);
}

static inline int run(void (*job)(void *), void *arg)
{
	return run_within(job, arg, &limits);
}

static inline void expect_answer(const void *bytes, size_t len)
{
	assert_int_equal(result.len, len);
	assert_memory_equal(result.answer, bytes, len);
	free(result.answer);
}

static inline void expect_error(int ret, int code, const char *text)
{
	assert_int_equal(ret, code);
	assert_int_equal(err.code, code);
	assert_string_equal(err.text, text);
	assert_null(result.answer);
}

static inline unsigned open_files(void)
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

static inline int before(void **state)
{
	files_before = open_files();
	return 0;
}

static inline int after(void **state)
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

static inline void job_echo(void *arg)
{
	topology_child_ready();
	topology_child_answer(arg, strlen(arg));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, before, after)

#endif
