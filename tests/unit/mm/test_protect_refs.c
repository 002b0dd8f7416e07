/* SPDX-License-Identifier: BSD-2-Clause */
/* /proc/PID/clear_refs: what entries become, as the two Debian kernels left them. */
#include "ranges_world.h"

/* Scenario misc: soft-dirty and accessed marks. */
static void test_clear_refs(void **state)
{
	static const struct {
		const char *release;
		uint64_t soft, young;
	} cases[] = {{DEBIAN_6_1, 0x8000000000000065, 0x8000000000000847},
		     {DEBIAN_6_12, 0x8400000000000025, 0x8000000000000847}};

	for (size_t i = 0; i < 2; i++) {
		struct ranges_world w;

		ranges_open(&w, cases[i].release, false, FRAME_SIZE);
		ranges_touch(&w, w.x, FRAME_SIZE);
		IN(&w, clear_refs(w.mm, CLEAR_REFS_SOFT_DIRTY));
		assert_true(FLAGS(PTE_AT(&w, w.x)) == cases[i].soft);
		assert_false(w.vma->vm_flags & VM_SOFTDIRTY);
		assert_int_equal(w.process->cpu->tlb->nr, 0);
		assert_int_equal(numasim_process_store(w.process, w.x, 7), 0);
		assert_true(FLAGS(PTE_AT(&w, w.x)) == 0x8000000000000867);
		IN(&w, clear_refs(w.mm, CLEAR_REFS_ALL));
		assert_true(FLAGS(PTE_AT(&w, w.x)) == cases[i].young);
		assert_int_equal(IN_PROCESS(w.process, clear_refs(w.mm, 0)), -EINVAL);
		assert_int_equal(IN_PROCESS(w.process, clear_refs(w.mm, 6)), -EINVAL);
		ranges_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clear_refs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
