/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file topology.h
 * What a computer is made of: its NUMA nodes, their memory, their CPUs, and how far apart they are.
 *
 * A topology is read once and never changes. It comes from one of three places, all of them read
 * by hwloc, so that no new syntax has to be learnt:
 *
 * - an XML file, as `lstopo machine.xml` writes it on the machine in question;
 * - a synthetic description, one line such as `numa:2 core:2 pu:1` (see hwloc's manual, "Synthetic
 *   topologies"): here two nodes of two cores with one hardware thread each;
 * - the host this program runs on, called `host`.
 *
 * @code
 * struct numasim_topology *topology;
 * struct numasim_error err = {0};
 * const unsigned *nodes;
 * size_t nr_nodes;
 *
 * if (numasim_topology_load(&topology, "numa:2 core:2 pu:1", &err))
 *         return fail(err.text);
 * numasim_topology_nodes(&nodes, &nr_nodes, topology);
 * ...
 * numasim_topology_free(topology);
 * @endcode
 *
 * **Names.** Nodes and CPUs go by the numbers that the operating system gave them (hwloc's
 * os_index). They may have gaps: a machine may well have the nodes 0, 8 and 250 to 255. Lists are
 * always in ascending order, and a *position* is an index into such a list.
 *
 * **Where a CPU belongs.** A CPU belongs to the node with the smallest set of CPUs that holds it,
 * the lowest id among equals. Nodes that win no CPU this way have none, as memory-only nodes do
 * under Linux. A CPU that no node holds (such files come from processes that could not see all
 * nodes) is left out of the machine and listed by numasim_topology_lost_cpus().
 *
 * **Distances** are what Linux's `node<N>/distance` says, 1 to 255: mostly 10 from a node to itself
 * and more to another. They are kept as recorded, also where they are asymmetric or odd: machines
 * exist whose memory-only node is 14 from itself. Pairs without a recorded distance get Linux's own
 * defaults, 10 and 20 (v6.1, include/linux/topology.h: LOCAL_DISTANCE and REMOTE_DISTANCE). A
 * matrix with a value that no such file can hold (Linux keeps a distance in one byte: v6.1,
 * arch/x86/mm/numa.c, numa_set_distance()) measures something else, and is not used; see
 * numasim_topology_distances().
 *
 * **Untrusted input.** hwloc's XML reader is known to crash on some malformed files, therefore
 * hwloc never runs in the calling process: every load forks a short-lived child which reads the
 * source and hands back a checksummed description that is validated here. A child that dies, hangs
 * or lies is an error of the load and nothing else. The child is a seat belt, not a jail: it has no
 * open files of the caller and tight limits on memory, processor time and written files, but the
 * caller's user id. What a caller can notice of it:
 *
 * - one SIGCHLD when the child ends, if the process handles that signal; a handler that reaps any
 *   child, or SIG_IGN, is fine;
 * - the loader may be called from several threads at once, and in programs with other threads. The
 *   child runs on a copy of the process in which only the calling thread lives; should another
 *   thread have been inside hwloc's own start-up at that very moment, the child cannot proceed, and
 *   the load starts another;
 * - memory that was never touched costs nothing to fork, but see madvise(2), MADV_DONTFORK.
 */
#ifndef NUMASIM_TOPOLOGY_H
#define NUMASIM_TOPOLOGY_H

#include <stddef.h>
#include <stdint.h>

#include <numasim/error.h>
#include <numasim/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most nodes of a topology, and one more than the largest node id: x86-64 Linux's own limit
 *  (v6.1, arch/x86/Kconfig: NODES_SHIFT is at most 10). */
#define NUMASIM_TOPOLOGY_MAX_NODES 1024

/** Most CPUs of a topology, and one more than the largest CPU id: x86-64 Linux's own limit
 *  (v6.1, arch/x86/Kconfig: NR_CPUS is at most 8192). */
#define NUMASIM_TOPOLOGY_MAX_CPUS 8192

/** Most bytes of memory of one node: what 52 bits of physical address can name, which is as far as
 *  x86-64 goes (Intel SDM volume 3A, section 4.1.4: MAXPHYADDR is at most 52). */
#define NUMASIM_TOPOLOGY_MAX_MEMORY (UINT64_C(1) << 52)

/** Most bytes of an XML description. */
#define NUMASIM_TOPOLOGY_MAX_XML (UINT64_C(64) << 20)

/** Distances as Linux has them where nothing else is known. @{ */
#define NUMASIM_DISTANCE_LOCAL  10
#define NUMASIM_DISTANCE_REMOTE 20
/** @} */

/** Where the distances of a topology come from. */
enum numasim_distances {
	NUMASIM_DISTANCES_DEFAULT,  /**< none recorded: 10 to itself, 20 to others */
	NUMASIM_DISTANCES_RECORDED, /**< the source has one for every pair of nodes */
	NUMASIM_DISTANCES_PARTIAL,  /**< recorded for some nodes, default for the other pairs */
	NUMASIM_DISTANCES_UNUSABLE, /**< recorded, but with values beyond 1 to 255: all default */
};

/** The nodes and CPUs of a computer. Constant once loaded, so threads may share it. */
struct numasim_topology;

/**
 * Load a topology from wherever @p what says.
 *
 * @param[out] topology the new topology; the caller owns it and frees it with
 *                      numasim_topology_free(). Untouched on error.
 * @param      what     `host` for this machine; the path of an XML file (whatever exists under that
 *                      name, has a slash in it or ends in `.xml`; a FIFO will do); anything else is
 *                      a synthetic description. A file called `host` is `./host`.
 * @param[out] err      may be NULL; its text says what is wrong and how to mend it
 * @return 0; -EINVAL (no topology, or one that breaks a limit above), -ENOENT, -EACCES and others
 *         of open(2) and read(2), -EFBIG (XML above NUMASIM_TOPOLOGY_MAX_XML), -ENOMEM, -EAGAIN (no
 *         process to be had)
 *
 * Read by hwloc 2.x with HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED and its own XML reader, whatever
 * plugins are installed and whatever HWLOC_ variables the environment holds. That reader takes what
 * hwloc writes: attributes in double quotes, no comments. For NUMA distances the matrix called
 * "NUMALatency" is used, else that latency matrix between nodes that covers most of them, the first
 * among equals; distances of `host` are asked of libnuma.
 */
NUMASIM_API int numasim_topology_load(struct numasim_topology **topology, const char *what,
				      struct numasim_error *err);

/**
 * Load a topology from XML in memory.
 *
 * @param[out] topology the new topology, as with numasim_topology_load()
 * @param      xml      the text; need not end in a zero byte, is not kept
 * @param      len      its bytes
 * @param[out] err      may be NULL
 * @return as numasim_topology_load()
 */
NUMASIM_API int numasim_topology_load_xml(struct numasim_topology **topology, const void *xml,
					  size_t len, struct numasim_error *err);

/** Free a topology; NULL is allowed. */
NUMASIM_API void numasim_topology_free(struct numasim_topology *topology);

/**
 * The ids of all nodes, ascending; at least one.
 *
 * @param[out] ids      owned by @p topology
 * @param[out] nr       how many
 * @param      topology whose
 */
NUMASIM_API void numasim_topology_nodes(const unsigned **ids, size_t *nr,
					const struct numasim_topology *topology);

/** The ids of all CPUs, ascending; at least one. Arguments as numasim_topology_nodes(). */
NUMASIM_API void numasim_topology_cpus(const unsigned **ids, size_t *nr,
				       const struct numasim_topology *topology);

/** The ids of those CPUs of the source that no node holds, ascending; mostly none. They are not
 *  part of the machine. Arguments as numasim_topology_nodes(). */
NUMASIM_API void numasim_topology_lost_cpus(const unsigned **ids, size_t *nr,
					    const struct numasim_topology *topology);

/**
 * The CPUs of one node, ascending; may be none.
 *
 * @param[out] ids      owned by @p topology
 * @param[out] nr       how many
 * @param      topology whose
 * @param      node     id of the node
 * @return 0, or -ENOENT (there is no such node; @p ids and @p nr are untouched)
 */
NUMASIM_API int numasim_topology_node_cpus(const unsigned **ids, size_t *nr,
					   const struct numasim_topology *topology, unsigned node);

/**
 * The memory of one node; may be 0.
 *
 * @param[out] bytes    as recorded: need not be a multiple of anything
 * @param      topology whose
 * @param      node     id of the node
 * @return 0, or -ENOENT (there is no such node)
 */
NUMASIM_API int numasim_topology_node_memory(uint64_t *bytes,
					     const struct numasim_topology *topology,
					     unsigned node);

/**
 * The node that a CPU belongs to.
 *
 * @param[out] node     its id
 * @param      topology whose
 * @param      cpu      id of the CPU
 * @return 0, or -ENOENT (there is no such CPU in the machine)
 */
NUMASIM_API int numasim_topology_cpu_node(unsigned *node, const struct numasim_topology *topology,
					  unsigned cpu);

/**
 * How far memory of node @p to is for CPUs of node @p from.
 *
 * @param[out] distance 1 to 255, in Linux's unit: 10 is local
 * @param      topology whose
 * @param      from     id of a node
 * @param      to       id of a node
 * @return 0, or -ENOENT (one of them does not exist)
 */
NUMASIM_API int numasim_topology_distance(unsigned *distance,
					  const struct numasim_topology *topology, unsigned from,
					  unsigned to);

/** Where the distances come from. */
NUMASIM_API enum numasim_distances
numasim_topology_distances(const struct numasim_topology *topology);

/**
 * The topology as `numactl -H` prints it (numactl 2.0.16), byte for byte.
 *
 * @param[out] text     ends in a newline and a zero; the caller frees it with free(3)
 * @param      topology what to print
 * @param      free_bytes bytes of free memory per node, by position in numasim_topology_nodes(), or
 *                      NULL: all memory is free, as on a machine that has not been used yet
 * @return 0, or -ENOMEM
 */
NUMASIM_API int numasim_topology_numactl(char **text, const struct numasim_topology *topology,
					 const uint64_t *free_bytes);

#ifdef __cplusplus
}
#endif
#endif
