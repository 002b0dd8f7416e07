# SPDX-License-Identifier: BSD-2-Clause
"""docs/conformance.md: what agrees, from what is recorded and from the library as it is built."""


def write(program):
    raise NotImplementedError
