/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * maps, smaps and numa_maps of a process are, character by character, what two real kernels printed
  * for the same mappings (tests/data/proc): "STEP FILE line", with inode numbers masked.
 */
#include "../mm/system_world.h"

#include "mm/file.h"
#include "mm/mempolicy.h"
#include "mm/syscalls.h"
#include "report/proc_data.h" /* made by the build: PROC_DATA */

#include <numasim/proc.h>
#include <numasim/system_calls.h>

#include <stdio.h>
#include <sys/mman.h>

#define W     UINT64_C(0x200000000000)
#define PG    UINT64_C(4096)
#define RW    (PROT_READ | PROT_WRITE)
#define ANON  (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED)
#define LINES 2048

#define DO(expr) assert_true(IN_PROCESS(p, (expr)) >= 0)

struct text {
	char *line[LINES];
	unsigned nr;
};

static void text_free(struct text *t)
{
	for (unsigned i = 0; i < t->nr; i++)
		free(t->line[i]);
	t->nr = 0;
}

/* "00:01 17      name" becomes "00:01 # name"; the name stands at column 74. */
static void mask(char *line)
{
	char *device = strstr(line, " 00:01 "), *name;

	if (!device)
		return;
	name = device + strlen(" 00:01 ");
	name += strspn(name, "0123456789#");
	name += strspn(name, " ");
	assert_int_equal(name - line, 73);
	memmove(device + strlen(" 00:01 ") + 2, name, strlen(name) + 1);
	memcpy(device + strlen(" 00:01 "), "# ", 2);
}

static void add(struct text *t, const char *step, const char *file, const char *line)
{
	char *copy = strdup(line);

	assert_non_null(copy);
	mask(copy);
	assert_true(t->nr < LINES);
	assert_true(asprintf(&t->line[t->nr++], "%s %s %s", step, file, copy) > 0);
	free(copy);
}

static void look(struct text *t, struct numasim_process *p, const char *step, const char *file)
{
	char *text, *save, path[64];
	size_t length;

	snprintf(path, sizeof(path), "/proc/self/%s", file);
	assert_int_equal(numasim_read_file(&text, &length, p, path), 0);
	assert_int_equal(strlen(text), length);
	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
		add(t, step, file, l);
	free(text);
}

static void look_at_all(struct text *t, struct numasim_process *p, const char *step)
{
	look(t, p, step, "maps");
	look(t, p, step, "smaps");
	look(t, p, step, "numa_maps");
}

static void touch_at(struct numasim_process *p, uint64_t address, unsigned pages)
{
	for (unsigned i = 0; i < pages; i++)
		assert_int_equal(numasim_process_store(p, address + i * PG, 1), 0);
}

static void load_at(struct numasim_process *p, uint64_t address)
{
	uint64_t value;

	assert_int_equal(numasim_process_load(&value, p, address), 0);
}

static void bind_at(struct numasim_process *p, uint64_t address, uint64_t pages, int mode,
		    unsigned long nodes)
{
	unsigned long room = nodes;

	DO(sys_mbind(address, pages * PG, mode, &room, 65, 0));
}

/* Private memory: some touched, some read; locked; huge; with advice. */
static void private_mappings(struct numasim_process *p)
{
	uint64_t h = W + 4 * MIB, f = W + 48 * MIB;

	DO(sys_mmap(W, 16 * PG, RW, ANON, NULL, 0));
	touch_at(p, W, 4);
	load_at(p, W + 8 * PG);
	bind_at(p, W, 16, MPOL_MODE_BIND, 1);
	DO(sys_mmap(W + MIB, 8 * PG, RW, ANON, NULL, 0));
	bind_at(p, W + MIB, 8, MPOL_MODE_INTERLEAVE, 3);
	DO(sys_mlock(W + MIB, 8 * PG));
	DO(sys_mprotect(W + MIB, 8 * PG, PROT_READ));
	DO(sys_mmap(h, 4 * MIB, RW, ANON, NULL, 0));
	DO(sys_madvise(h, 4 * MIB, MADV_HUGEPAGE));
	touch_at(p, h, 1);
	touch_at(p, h + 2 * MIB, 1);
	DO(sys_mprotect(h + 2 * MIB, PG, PROT_READ));
	DO(sys_madvise(h + 2 * MIB + 4 * PG, PG, MADV_DONTNEED));
	DO(sys_mmap(f, 8 * PG, PROT_READ, ANON | MAP_NORESERVE, NULL, 0));
	DO(sys_madvise(f, 8 * PG, MADV_RANDOM));
	DO(sys_madvise(f, 8 * PG, MADV_DONTFORK));
	DO(sys_madvise(f, 8 * PG, MADV_DONTDUMP));
	DO(sys_madvise(f, 8 * PG, MADV_NOHUGEPAGE));
	DO(sys_mmap(W + 49 * MIB, 8 * PG, PROT_READ | PROT_EXEC, ANON, NULL, 0));
	DO(sys_mlock2(W + 49 * MIB, 8 * PG, 1));
	DO(sys_mmap(W + 50 * MIB, 8 * PG, PROT_NONE, ANON, NULL, 0));
	DO(sys_mmap(W + 64 * MIB, 2 * MIB, RW, ANON, NULL, 0));
	DO(sys_madvise(W + 64 * MIB, 2 * MIB, MADV_HUGEPAGE));
	load_at(p, W + 64 * MIB);
	DO(sys_mmap(W + 68 * MIB, 2 * MIB, RW, ANON, NULL, 0));
	DO(sys_madvise(W + 68 * MIB, 2 * MIB, MADV_HUGEPAGE));
	touch_at(p, W + 68 * MIB, 1);
	DO(sys_mprotect(W + 68 * MIB, 2 * MIB, PROT_NONE));
}

static void shared_mappings(struct numasim_process *p)
{
	struct file *file;

	DO(sys_mmap(W + 16 * MIB, 8 * PG, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, NULL, 0));
	touch_at(p, W + 16 * MIB, 3);
	bind_at(p, W + 16 * MIB, 8, MPOL_MODE_PREFERRED, 2);
	touch_at(p, W + 16 * MIB, 3);
	touch_at(p, W + 16 * MIB + 4 * PG, 1);
	DO((file = file_create(FILE_SHMEM, "/memfd:a file (deleted)", 16 * PG), 0));
	assert_non_null(file);
	DO(sys_mmap(W + 32 * MIB, 8 * PG, RW, MAP_SHARED | MAP_FIXED, file, 4 * PG));
	touch_at(p, W + 32 * MIB, 2);
	DO(sys_mmap(W + 33 * MIB, 8 * PG, RW, MAP_PRIVATE | MAP_FIXED, file, 4 * PG));
	touch_at(p, W + 33 * MIB, 1);
	load_at(p, W + 33 * MIB + PG);
	DO((file_put(file), 0));
}

static void run(struct text *t, const char *release)
{
	struct numasim_process *p = NULL, *child;
	struct numasim_error err = {0};
	struct numasim_system *system = NULL;

	if (numasim_system_create(&system, &(struct numasim_system_options){
				  .release = release, .thp = NUMASIM_THP_MADVISE}, &err) ||
	    numasim_process_create(&p, system, "P", 0, &err))
		fail_msg("%s", err.text);
	private_mappings(p);
	shared_mappings(p);
	assert_int_equal(numasim_system_drain(system), 0); /* the recorded program made pages too */
	look_at_all(t, p, "one");
	assert_int_equal(numasim_fork(&child, p, NULL, NULL), 0);
	touch_at(child, W, 1);
	assert_int_equal(numasim_system_drain(system), 0);
	look_at_all(t, p, "forked");
	assert_int_equal(numasim_exit(child), 0);
	look_at_all(t, p, "alone");
	numasim_system_free(system);
}

static void read_recorded(struct text *t, const char *path)
{
	FILE *in = fopen(path, "r");
	char line[512], *save, *step, *file;

	assert_non_null(in);
	while (fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = 0;
		step = strtok_r(line, " ", &save);
		file = strtok_r(NULL, " ", &save);
		add(t, step, file, save);
	}
	fclose(in);
}

/* How many lines differ; the first of them are shown. */
static unsigned compare(const struct text *recorded, const struct text *ours, bool quiet)
{
	unsigned wrong = recorded->nr != ours->nr;

	if (wrong && !quiet)
		print_message("# %u lines, recorded were %u\n", ours->nr, recorded->nr);
	for (unsigned i = 0; i < recorded->nr && i < ours->nr; i++) {
		if (!strcmp(recorded->line[i], ours->line[i]))
			continue;
		if (wrong++ < 40 && !quiet)
			print_message("# kernel: %s\n# here:   %s\n", recorded->line[i],
				      ours->line[i]);
	}
	return wrong;
}

static unsigned differences(const char *release, const char *path, bool quiet)
{
	struct text recorded = {.nr = 0}, ours = {.nr = 0};
	unsigned wrong;

	read_recorded(&recorded, path);
	assert_true(recorded.nr > 1000);
	run(&ours, release);
	wrong = compare(&recorded, &ours, quiet);
	text_free(&recorded);
	text_free(&ours);
	return wrong;
}

static void as_debian_6_1(void **state)
{
	assert_int_equal(differences("debian-6.1.192", PROC_DATA "/linux-6.1.txt", false), 0);
}

static void as_debian_6_12(void **state)
{
	assert_int_equal(differences("debian-6.12.117", PROC_DATA "/linux-6.12.txt", false), 0);
}

static void differences_are_seen(void **state)
{
	assert_true(differences("debian-6.1.192", PROC_DATA "/linux-6.12.txt", true) > 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_debian_6_1),
		cmocka_unit_test(as_debian_6_12),
		cmocka_unit_test(differences_are_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
