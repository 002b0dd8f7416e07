/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs a script (script.h) on the kernel it stands on and writes it out again with what came out
 * after every "=". As the init of a virtual machine it reads /script, writes to the debug console
 * (port 0xe9) and switches the machine off: record.sh. Otherwise: record SCRIPT.
 */
#include "script.h"

#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILE_PAGES 16

static FILE *out;
static int fds[3];
static sigjmp_buf segv;

static const struct {
	const char *name;
	long number;
} calls[] = {
	{"mmap", SYS_mmap}, {"munmap", SYS_munmap}, {"mprotect", SYS_mprotect},
	{"mremap", SYS_mremap}, {"madvise", SYS_madvise}, {"mlock", SYS_mlock},
	{"mlock2", SYS_mlock2}, {"munlock", SYS_munlock}, {"mlockall", SYS_mlockall},
	{"munlockall", SYS_munlockall}, {"set_mempolicy_home_node", 450},
};

static void make_files(void)
{
	int fd = memfd_create("script", 0);
	char path[64];

	ftruncate(fd, FILE_PAGES * 4096);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	fds[0] = open(path, O_RDONLY);
	fds[1] = open(path, O_RDWR);
	fds[2] = open(path, O_WRONLY);
}

static void on_segv(int signal)
{
	siglongjmp(segv, signal);
}

static long touch(uint64_t address, bool write)
{
	volatile uint64_t *word = (volatile uint64_t *)address;

	if (sigsetjmp(segv, 1))
		return -EFAULT;
	if (write)
		*word = 1;
	else
		(void)*word;
	return 0;
}

/* Calls with node masks; false: it is none. */
static bool run_policy(long *result, const struct script_call *c)
{
	static unsigned long room[SCRIPT_MASK_WORDS];
	const uint64_t *a = c->arg;
	int mode = 0;

	if (!strcmp(c->name, "mbind")) {
		*result = syscall(SYS_mbind, a[0], a[1], a[2], script_mask(room, a[3]), a[4], a[5]);
	} else if (!strcmp(c->name, "set_mempolicy")) {
		*result = syscall(SYS_set_mempolicy, a[0], script_mask(room, a[1]), a[2]);
	} else if (!strcmp(c->name, "get_mempolicy")) {
		unsigned long *mask = script_mask(room, a[0]);

		*result = syscall(SYS_get_mempolicy, &mode, mask, a[1], a[2], a[3]);
		if (!*result)
			*result = script_policy(mode, mask);
	} else {
		return false;
	}
	if (*result == -1)
		*result = -errno;
	return true;
}

static long run_call(const struct script_call *c)
{
	uint64_t arg[SCRIPT_ARGS];
	long result;

	if (run_policy(&result, c))
		return result;
	memcpy(arg, c->arg, sizeof(arg));
	if (!strcmp(c->name, "mmap") && arg[4] >= FD_RO && arg[4] <= FD_BAD)
		arg[4] = arg[4] == FD_BAD ? 999 : fds[arg[4] - FD_RO];
	if (!strcmp(c->name, "store") || !strcmp(c->name, "load"))
		return touch(arg[0], c->name[0] == 's');
	if (!strcmp(c->name, "unpriv"))
		return setresuid(1000, 1000, 1000);
	if (!strcmp(c->name, "rlimit"))
		return setrlimit(arg[0], &(struct rlimit){arg[1], arg[1]});
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (!strcmp(c->name, calls[i].name)) {
			long ret = syscall(calls[i].number, arg[0], arg[1], arg[2], arg[3], arg[4],
					   arg[5]);

			return ret == -1 ? -errno : ret;
		}
	}
	return -ENOSYS;
}

/* " 0-4:rw-p,ac" for each mapping of the window. */
static void print_maps(void)
{
	static const char *const wanted[] = {"gd", "lo", "sr", "rr", "dc", "ac", "nr", "wf",
					     "dd", "hg", "nh", "mg"};
	FILE *smaps = fopen("/proc/self/smaps", "r");
	char line[512], perms[8];
	bool inside = false;

	while (fgets(line, sizeof(line), smaps)) {
		unsigned long long from, to;

		if (sscanf(line, "%llx-%llx %7s", &from, &to, perms) == 3) {
			inside = from - WINDOW < WINDOW_PAGES << 12;
			if (inside)
				fprintf(out, " %llu-%llu:%s", (from - WINDOW) >> 12,
					(to - WINDOW) >> 12, perms);
		} else if (inside && !strncmp(line, "VmFlags:", 8)) {
			for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
				char word[8];

				snprintf(word, sizeof(word), " %s ", wanted[i]);
				if (strstr(line, word))
					fprintf(out, ",%s", wanted[i]);
			}
		}
	}
	fclose(smaps);
}

static void run_line(const char *text)
{
	char line[SCRIPT_LINE], result[64];
	struct script_call call;

	snprintf(line, sizeof(line), "%s", text);
	if (!script_parse(&call, line)) {
		fprintf(out, "%s <- what is that?\n", text);
		return;
	}
	fprintf(out, "%.*s", call.expected ? (int)(strstr(text, " =") - text) : (int)strlen(text),
		text);
	if (!strcmp(call.name, "maps")) {
		fprintf(out, " =");
		print_maps();
	} else {
		long value = run_call(&call);

		script_result(result, sizeof(result), call.name, value);
		if (call.expected)
			fprintf(out, " = %s", result);
	}
	fprintf(out, "\n");
}

/* Where pages come from depends on it. */
static void stay_on_cpu_0(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* The lines of one case, in a process of its own. */
static void run_case(char **line, size_t nr)
{
	pid_t child;

	fflush(out);
	child = fork();
	if (!child) {
		stay_on_cpu_0();
		make_files();
		for (size_t i = 0; i < nr; i++)
			run_line(line[i]);
		fflush(out);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	fseek(out, 0, SEEK_END);
}

static void run_script(FILE *script)
{
	static char *lines[100000];
	char line[SCRIPT_LINE];
	size_t nr = 0, from = 0;

	while (fgets(line, sizeof(line), script)) {
		line[strcspn(line, "\n")] = 0;
		lines[nr++] = strdup(line);
	}
	for (size_t i = 0; i <= nr; i++) {
		bool text = i < nr && (!lines[i][0] || lines[i][0] == '#');

		if (i < nr && !text && strncmp(lines[i], "case ", 5))
			continue;
		if (i > from)
			run_case(lines + from, i - from);
		if (i < nr)
			fprintf(out, "%s\n", lines[i]);
		from = i + 1;
	}
}

static void be_init(void)
{
	mkdir("/proc", 0755);
	mkdir("/tmp", 0755);
	mount("proc", "/proc", "proc", 0, 0);
	mount("tmp", "/tmp", "tmpfs", 0, 0);
	iopl(3);
	out = fopen("/tmp/out", "w+");
	run_script(fopen("/script", "r"));
	rewind(out);
	for (int c; (c = getc(out)) != EOF;)
		outb(c, 0xe9);
	outb(0x10, 0xf4);
	reboot(RB_POWER_OFF);
}

int main(int argc, char **argv)
{
	FILE *script;

	signal(SIGSEGV, on_segv);
	signal(SIGBUS, on_segv);
	if (getpid() == 1)
		be_init();
	script = argc == 2 ? fopen(argv[1], "r") : NULL;
	if (!script)
		return fprintf(stderr, "usage: record SCRIPT\n"), 2;
	out = stdout;
	run_script(script);
	return 0;
}
