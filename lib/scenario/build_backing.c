/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands behind mappings that are not anonymous and private: files, and drivers' frames. */
#include "scenario/program.h"

#include "mm/device.h"
#include "mm/file.h"

#include <errno.h>
#include <string.h>

#define DRIVER_PAGES 64 /* most of one mapping */
#define DEVICE_PFN   (UINT64_C(0xfd000000) >> FRAME_SHIFT) /* of frames that are no memory */

static const struct scenario_flag *find_flag(const struct scenario_variable *v, const char *key)
{
	for (unsigned i = 0; i < v->nr_flags; i++)
		if (!strcmp(v->flags[i].key.text, key))
			return &v->flags[i];
	return NULL;
}

struct file *program_file(const struct scenario_program *p, const char *name)
{
	for (unsigned i = 0; i < p->nr_files; i++)
		if (!strcmp(p->file[i].name, name))
			return p->file[i].file;
	return NULL;
}

static struct file *create(struct scenario_run *run, enum file_kind kind, const char *label,
			   uint64_t size)
{
	struct exec *exec = &run->m->exec, *outer;
	struct file *volatile file = NULL;
	jmp_buf end;

	outer = exec_direct_begin(exec, 0, &end);
	if (!setjmp(end))
		file = file_create(kind, label, size);
	exec_direct_end(exec, outer);
	return file;
}

/* The file that is called @name, new or known; as large as its largest mapping. */
static int named_file(struct file **file, struct scenario_run *run, const char *name, uint64_t size)
{
	struct scenario_program *p = run->program;

	*file = program_file(p, name);
	if (!*file) {
		*file = create(run, FILE_REGULAR, name, size);
		if (!*file)
			return -ENOMEM;
		p->file[p->nr_files++] = (struct program_file){name, *file};
	}
	if ((*file)->size < size)
		(*file)->size = size;
	return 0;
}

int build_file(struct file **file, struct scenario_run *run, const struct scenario_variable *v,
	       uint64_t size, struct numasim_error *err)
{
	const struct scenario_flag *named = find_flag(v, "file");
	enum file_kind kind = FILE_SHMEM;

	*file = NULL;
	if (named && find_flag(v, "driver"))
		return scenario_error_at(err, -EINVAL, run->ast, named->key.pos,
					 "a driver's mapping is of no file\nleave one of them out");
	if (named)
		return named_file(file, run, named->value.text, size);
	if (find_flag(v, "driver"))
		kind = FILE_DEVICE;
	else if (!find_flag(v, "shared"))
		return 0;
	*file = create(run, kind, kind == FILE_DEVICE ? "/dev/driver" : "/dev/zero", size);
	return *file ? 0 : -ENOMEM;
}

/* ---- drivers ---- */

/* How a driver's page @i gets into its mapping. */
static int insert(struct vm_area_struct *vma, const char *how, uint64_t i)
{
	uint64_t address = vma->vm_start + (i << FRAME_SHIFT);
	struct page *page;
	int ret;

	if (!strcmp(how, "mixed"))
		return vm_insert_mixed(vma, address, DEVICE_PFN + i);
	if (!strcmp(how, "pfn"))
		return vm_insert_pfn(vma, address, DEVICE_PFN + i);
	ret = device_alloc_pages(&page, 1);
	return ret ? ret : vm_insert_page(vma, address, page);
}

int build_driver_pages(struct scenario_run *run, const struct scenario_variable *v,
		       struct vm_area_struct *vma, struct numasim_error *err)
{
	const struct scenario_flag *driver = find_flag(v, "driver");
	uint64_t nr = (vma->vm_end - vma->vm_start) >> FRAME_SHIFT;
	struct exec *exec = &run->m->exec, *outer;
	volatile int ret = -EFAULT;
	jmp_buf end;

	if (!driver)
		return 0;
	if (nr > DRIVER_PAGES)
		return scenario_error_at(err, -EINVAL, run->ast, v->size_pos,
					 "a driver's mapping has %dK at most", DRIVER_PAGES * 4);
	if (!strcmp(driver->value.text, "mixed"))
		vma->vm_flags |= VM_MIXEDMAP;
	if (!strcmp(driver->value.text, "pfn"))
		vma->vm_flags |= VM_PFNMAP | VM_IO | VM_DONTEXPAND;
	outer = exec_direct_begin(exec, 0, &end);
	if (!setjmp(end)) {
		ret = 0;
		for (uint64_t i = 0; i < nr && !ret; i++)
			ret = insert(vma, driver->value.text, i);
	}
	exec_direct_end(exec, outer);
	return ret;
}
