# SPDX-License-Identifier: BSD-2-Clause
"""
The shortest sequence that still shows a difference: delta debugging, of all sequences at once. A
round is one boot of the real kernel with every candidate of every sequence: the calls without each
of their stretches of a half, a quarter ... one call. Of those that still differ the shortest goes
on, until none is shorter.
"""
import sequences

MAX_ROUNDS = 20


def candidates(calls):
    """Sequences that leave out one stretch, longest stretches first."""
    length = len(calls) // 2
    while length:
        for start in range(0, len(calls), length):
            rest = calls[:start] + calls[start + length:]
            if rest:
                yield rest
        length //= 2


def without_each(calls, needless):
    """All that can be left out alone, left out together: often that works, too."""
    rest = [c for i, c in enumerate(calls) if i not in needless]
    return [rest] if rest and len(needless) > 1 else []


def differing(program, kernel, tried):
    """The numbers of those that differ, each with its first step that does."""
    results = sequences.compare(program, kernel, dict(enumerate(tried)))
    return {number: at for number, at in results.items() if at}


def cut(calls, at):
    """Without what follows the step that differs; the end looks at more than any step."""
    return calls[:at]


def one_round(program, kernel, shortest, extra):
    """{seed: calls} made shorter where that was possible; what else to try in the next round."""
    tried, owner, singles = [], [], set()
    for seed, calls in shortest.items():
        for rest in extra.get(seed, []) + list(candidates(calls)):
            if len(rest) == len(calls) - 1:
                singles.add(len(tried))
            owner.append(seed)
            tried.append(rest)
    if not tried:
        return {}, {}
    better, needless = {}, {}
    for number, at in differing(program, kernel, tried).items():
        seed, rest = owner[number], cut(tried[number], at)
        if len(rest) < len(better.get(seed, shortest[seed])):
            better[seed] = rest
        if number in singles:
            needless.setdefault(seed, set()).add(missing(shortest[seed], tried[number]))
    more = {seed: without_each(shortest[seed], which) for seed, which in needless.items()}
    return better, more


def missing(calls, rest):
    """The index of the call that @rest lacks."""
    return next((i for i, (a, b) in enumerate(zip(calls, rest)) if a != b), len(rest))


def shrink(program, kernel, seeds):
    all_of_them = {}
    for seed in seeds:
        all_of_them.update(sequences.generate(program, seed, 1))
    found = sequences.compare(program, kernel, all_of_them)
    shortest = {s: cut(all_of_them[s], at) for s, at in found.items() if at}
    for seed in set(seeds) - set(shortest):
        print(f'{seed}: no difference')
    growing, extra = dict(shortest), {}
    for _ in range(MAX_ROUNDS):
        if not growing:
            break
        better, extra = one_round(program, kernel, growing, extra)
        shortest.update(better)
        growing = {s: shortest[s] for s in growing if s in better or extra.get(s)}
        print('# ' + ', '.join(f'{s}: {len(c)}' for s, c in shortest.items()), flush=True)
    print(sequences.text_of(shortest), end='')
    return 1 if shortest else 0
