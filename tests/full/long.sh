#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The tests of suite `long`, which an ordinary run leaves out, in the optimised build that
# scripts/test made. Skipped if no test is in that suite.
set -eu
cd "${NUMASIM_GCC_BUILD:?is set by scripts/test: the optimised build}"
if ! meson test --list --suite long 2>/dev/null | grep -q ' / '; then
  echo 'no test is in suite long'
  exit 77
fi
exec meson test --no-rebuild --print-errorlogs --suite long --timeout-multiplier 10
