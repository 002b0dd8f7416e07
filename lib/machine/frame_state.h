/* SPDX-License-Identifier: BSD-2-Clause */
/* The frames as a part of the state (base/state.h); @machine is a struct numasim_machine. */
#ifndef MACHINE_FRAME_STATE_H
#define MACHINE_FRAME_STATE_H

#include "base/state.h"

void frame_save(void *machine, struct snapshot *snap);
void frame_digest(void *machine, struct digest_sink *sink);

#endif
