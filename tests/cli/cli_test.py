#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The command numasim: exit statuses, what goes to which stream, and that witnesses, tables and JSON
agree with each other. TAP on stdout.

Recorded machines are found through NUMASIM_TOPOLOGIES, the scenarios of examples/ in the tree.

usage: cli_test.py NUMASIM SOURCE-TREE VERSION
"""
import json
import os
import re
import sys
import tempfile

sys.dont_write_bytecode = True  # leave nothing behind in the tree
from cli_world import BREAKS, HOLDS, LOST, RACE, Command, Skipped

SUBCOMMANDS = ['explore', 'check', 'replay', 'step', 'topology', 'sysfs', 'releases',
               'entry']
SUITES = []


def suite(function):
    SUITES.append(function)
    return function


@suite
def help_and_version(c, version):
    whole = c.run('--help').stdout
    assert c.run('-h').stdout == whole and c.run('help').stdout == whole
    assert c.run('--version').stdout == f'numasim {version}\n'
    for name in SUBCOMMANDS:
        text = c.run(name, '--help').stdout
        assert text.startswith(f'usage: numasim {name} '), text
        assert 'Exit status' in text and f'\n  {name} ' in whole
        assert c.run(name, '-h').stdout == text
        assert max(map(len, text.split('\n'))) <= 100
    assert c.run(status=2).stderr == whole


@suite
def wrong_words(c, _):
    c.refuses('numasim: there is no subcommand explroe; did you mean explore?', 'explroe')
    c.refuses('numasim: there is no subcommand xyzzy; see `numasim --help`', 'xyzzy')
    c.refuses('numasim: explore: unknown option --enigne=graph; did you mean --engine?',
              'explore', '--enigne=graph')
    c.refuses('numasim: check: unknown option --witness; see `numasim check --help`',
              'check', '--witness')
    c.refuses('numasim: replay: unknown option --jsn; did you mean --json?', 'replay', '--jsn')
    c.refuses('numasim: explore: FILE is missing; see `numasim explore --help`', 'explore')
    c.refuses('numasim: check: FILE is missing; see `numasim check --help`', 'check')
    c.refuses('numasim: sysfs: WHAT is missing; see `numasim sysfs --help`', 'sysfs')
    c.refuses('numasim: sysfs: FOLDER is missing; see `numasim sysfs --help`', 'sysfs', 'host')
    c.refuses('numasim: sysfs: one WHAT and one FOLDER (put a description in quotes); see '
              '`numasim sysfs --help`', 'sysfs', 'numa:2', 'core:2', 'pu:1', 'folder')
    c.refuses('numasim: sysfs: unknown option --hlep; did you mean --help?', 'sysfs', '--hlep')
    c.refuses('numasim: cannot make the folder /dev/null/nodes: Not a directory',
              'sysfs', 'numa:2 core:2 pu:1', '/dev/null/nodes')
    c.refuses('numasim: replay: WITNESS is missing; see `numasim replay --help`', 'replay')
    c.refuses('numasim: explore: one FILE at a time, not a and b; `numasim check` takes many',
              'explore', 'a', 'b')
    c.refuses('numasim: replay: one WITNESS at a time, not a and b', 'replay', 'a', 'b')
    c.refuses('numasim: explore: --release needs a value; see `numasim explore --help`',
              'explore', 'a', '--release')


@suite
def wrong_values(c, _):
    budget = 'is a time (10s, 500ms, 5m, 1h) or a number of states (1000000)'
    for value in ['', '0', '0s', '10x', 's', '-1', '1e6', '99999999999999999999', '1 s',
                  '99999999999999h']:
        c.refuses(f'numasim: explore: --budget {budget}, not "{value}"', 'explore', 'a',
                  f'--budget={value}')
    for value in ['', '-1', 'two', '1x', '1000001', '99999999999999999999']:
        c.refuses(f'numasim: explore: --bound is a number of preemptions, 0 to 1000000, not '
                  f'"{value}"', 'explore', 'a', '--bound', value)
    c.refuses('numasim: explore: --engine is graph, tree or tree-merged, not "tre"; did you mean '
              'tree?', 'explore', 'a', '--engine', 'tre')
    c.write('race.nsim', RACE)
    c.refuses('numasim: there is no oracle "lost"\n  help: the oracles are lost-write, '
              'use-after-free, refcount, oops, stale-tlb, deadlock, livelock, assertion and '
              'condition', 'explore', 'race.nsim', '--oracle', 'lost')
    c.refuses('numasim: only the graph engine keeps a bound on preemptions', 'explore',
              'race.nsim', '--engine=tree', '--bound=1')
    for subcommand in ['explore', 'check']:
        c.refuses('numasim: nowhere.nsim: No such file or directory; a scenario is a file, see '
                  'numasim-scenario(5)', subcommand, 'nowhere.nsim')
        c.refuses('numasim: .: Is a directory', subcommand, '.')
    assert 'nowhere.w: No such file' in c.run('replay', 'nowhere.w', status=2).stderr
    assert 'v2.4' in c.run('explore', 'race.nsim', '--release', 'v2.4', status=2).stderr
    assert c.run('explore', 'race.nsim', '--topology', 'numa:', status=2).stderr
    c.write('bad.nsim', 'NUMASIM bad\n')
    assert c.run('explore', 'bad.nsim', status=2).stderr.startswith('bad.nsim:')


@suite
def explore_statuses(c, _):
    c.write('race.nsim', RACE)
    c.write('one.nsim', HOLDS)
    c.write('two.nsim', BREAKS)
    text = c.run('explore', 'one.nsim').stdout
    assert '\nholds in every order: ' in text and text.endswith('Observation one Always 1 0\n')
    text = c.run('explore', 'two.nsim', status=1).stdout
    assert '\ncondition: ' in text and text.endswith('Observation two Sometimes 1 5\n')
    text = c.run('explore', 'race.nsim', *LOST, status=1).stdout
    assert '\nlost-write: ' in text and '\n2 preemptions (*); ' in text
    assert 'oracles: only lost-write\n' in text and 'Observation' not in text
    text = c.run('explore', 'race.nsim', '--budget', '30', status=3).stdout
    assert '\nundecided: the budget of states is used up\n' in text and 'Observation' not in text
    for bound in ['0', '1']:
        text = c.run('explore', 'race.nsim', '--oracle=lost-write', '--bound', bound,
                     status=3).stdout
        assert f'\nundecided: nothing breaks with at most {bound} preemption' in text
    c.run('explore', 'race.nsim', *LOST, '--with', '20841405940e', status=3)
    c.run('explore', 'race.nsim', '--release=v3.12')
    other = c.run('explore', 'race.nsim', *LOST, '--topology', 'numa:4 core:2 pu:1', status=1)
    assert 'machine: numa:4 core:2 pu:1: 4 nodes, 8 CPUs\n' in other.stdout
    for engine in ['tree', 'tree-merged']:
        c.run('explore', 'race.nsim', '--oracle=lost-write', '--engine', engine, status=1)
        c.run('explore', 'one.nsim', '--engine', engine)
        c.run('explore', 'two.nsim', '--engine', engine, status=1)


@suite
def same_bytes(c, _):
    c.write('race.nsim', RACE)
    c.write('two.nsim', BREAKS)
    for args in [['two.nsim'], ['two.nsim', '--json'], ['race.nsim', *LOST]]:
        first = c.run('explore', *args, '--witness', 'a', status=1).stdout
        assert c.run('explore', *args, '--witness', 'b', status=1).stdout == first
        assert c.read('a') == c.read('b')


@suite
def witness_replays(c, _):
    c.write('race.nsim', RACE)
    found = c.run('explore', 'race.nsim', *LOST, '--witness=w', status=1).stdout
    os.remove(os.path.join(c.folder, 'race.nsim'))  # the witness holds it
    again = c.run('replay', 'w').stdout
    assert found.startswith(again) and 'lost-write: ' in again
    assert ' states, ' in found[len(again):]  # what a search counts, and nothing else
    assert found[len(again):].count('\n') == 1
    steps = json.loads(c.run('replay', 'w', '--json').stdout)['steps']
    assert len(steps) > 50 and sum(s['preempts'] for s in steps) == 2

    text = c.read('w')
    line = text.split('\n').index('reader lock mmap_sem') + 1
    number = line - [i for i, l in enumerate(text.split('\n')) if l.startswith('steps ')][0] - 1
    c.write('edited', text.replace('reader lock mmap_sem', 'reader lock mmap_lock'))
    done = c.run('replay', 'edited', status=1)
    assert done.stdout == ''
    assert done.stderr == f'edited:{line}: step {number} differs\n' \
        '  the witness has `reader lock mmap_lock`\n' \
        '  but here it is `reader lock mmap_sem`\n', done.stderr
    c.write('edited', text.replace('P:x = 2', 'P:x = 3'))
    assert c.run('replay', 'edited', status=2).stderr.startswith('edited:2: the hash is not')
    c.write('edited', text[:300])
    assert c.run('replay', 'edited', status=2).stderr.startswith('edited:')
    c.write('edited', '')
    assert c.run('replay', 'edited', status=2).stderr.startswith('edited:1: ')


@suite
def witness_only_if_broken(c, _):
    c.write('one.nsim', HOLDS)
    c.run('explore', 'one.nsim', '--witness', 'w')
    assert not os.path.exists(os.path.join(c.folder, 'w'))
    c.write('race.nsim', RACE)
    done = c.run('explore', 'race.nsim', *LOST, '--witness', 'no/such/folder', status=2)
    assert done.stderr == 'numasim: no/such/folder: No such file or directory\n'


@suite
def json_says_the_same(c, _):
    c.write('race.nsim', RACE)
    result = json.loads(c.run('explore', 'race.nsim', '--json', *LOST, status=1).stdout)
    text = c.run('explore', 'race.nsim', *LOST, status=1).stdout
    assert result['verdict'] == 'broken' and result['oracle'] == 'lost-write'
    assert f'lost-write: {result["sentence"]}.\n' in text
    assert result['kernel'] == 'v3.13-rc4' and result['oracles'] == ['lost-write']
    assert result['bound'] == 2 and not result['complete']
    shown = [s for s in result['steps'] if s['shown']]
    assert f'; {len(shown)} of {len(result["steps"])} steps shown.' in text
    for step in shown:
        assert f'\n{step["number"]:4d}{"*" if step["preempts"] else " "} ' in text
    assert [column['name'] for column in result['columns']] == ['scanner', 'reader', 'writer']
    c.write('two.nsim', BREAKS)
    result = json.loads(c.run('explore', 'two.nsim', '--json', status=1).stdout)
    text = c.run('explore', 'two.nsim', status=1).stdout
    assert result['complete'] and result['bound'] is None and result['fewest']
    assert result['observation'] == {'word': 'Sometimes', 'positive': 1, 'negative': 5}
    assert f'{result["states"]} states, {result["transitions"]} transitions: every order' in text
    c.write('one.nsim', HOLDS)
    result = json.loads(c.run('explore', 'one.nsim', '--json').stdout)
    assert result['verdict'] == 'holds' and result['complete'] and 'steps' not in result


@suite
def check_statuses(c, _):
    c.write('race.nsim', RACE)
    c.write('one.nsim', HOLDS)
    text = c.run('check', 'race.nsim', 'one.nsim').stdout
    assert text.endswith('\n3 verdicts: 3 ok\n')
    row = r' {2}%s +%s +%s +%s +%s {2}ok\n'
    assert re.search(row % ('v3.13-rc4', 'lost-write', 'lost-write', r'>=\d+', '2'), text)
    assert re.search(row % ('v3.13', 'holds', 'holds', r'\d+', '-'), text)
    c.write('two.nsim', BREAKS)
    done = c.run('explore', 'two.nsim', '--engine=tree', status=1).stdout
    assert re.search(r'\n[1-9]\d* orders? in [1-9]\d* class(es)?, \d+ steps taken\n$', done), done
    c.write('wrong.nsim', HOLDS.replace('v3.13: holds', 'v3.13: oops'))
    text = c.run('check', 'wrong.nsim', 'one.nsim', status=1).stdout
    assert '  FAIL\n' in text and text.endswith('\n2 verdicts: 1 ok, 1 failed\n')
    c.write('vacuous.nsim', RACE.replace(' vacuously', ''))
    text = c.run('check', 'vacuous.nsim', status=1).stdout
    assert '  VACUOUS\n    line 9: never: migrated(P:x)\n' in text
    text = c.run('check', 'race.nsim', '--budget=10', status=3).stdout
    assert '  UNDECIDED\n    line 9: the budget of states is used up\n' in text
    c.run('check', 'wrong.nsim', 'race.nsim', '--budget=10', status=1)  # a failure is worse
    done = c.run('check', 'nowhere.nsim', 'one.nsim', status=2)
    assert 'nowhere.nsim' in done.stderr and done.stdout.endswith('\n1 verdict: 1 ok\n')
    c.write('kernel.nsim', HOLDS.replace('expect v3.13', 'expect v2.4'))
    assert c.run('check', 'kernel.nsim', status=2).stderr.startswith('kernel.nsim:6:8: ')


@suite
def output_that_cannot_be_written(c, _):
    c.write('one.nsim', HOLDS)
    with open('/dev/full', 'w', encoding='utf-8') as full:
        for args in [['explore', 'one.nsim'], ['check', 'one.nsim'], ['--help'], ['--version']]:
            done = c.run(*args, status=2, stdout=full)
            assert done.stderr.startswith('numasim: writing the output: '), done.stderr


@suite
def recorded_machine(c, _):
    """A machine that somebody has: the same verdicts as on the scenario's own."""
    folder = os.environ.get('NUMASIM_TOPOLOGIES')
    if not folder:
        raise Skipped('NUMASIM_TOPOLOGIES is not set')
    machine = os.path.join(folder, 'xml', '96em64t-4n4d3ca2co-pci.xml')
    if not os.path.exists(machine):
        raise Skipped(f'{machine} is not there')
    scenario = os.path.join(c.tree, 'examples', 'thp-hint-vs-migrate.nsim')
    for release, more, status, preemptions in [
            ('v3.12', [], 0, None), ('v3.13-rc4', LOST, 1, 2),
            ('v3.13-rc4', ['--oracle=use-after-free', '--bound=1'], 1, 1),
            ('v3.13-rc4+20841405940e', LOST, 3, None)]:
        here, there = (json.loads(c.run('explore', scenario, '--json', '--release', release,
                                        *more, *where, status=status).stdout)
                       for where in ([], ['--topology', machine]))
        assert here['verdict'] == there['verdict'] and here['oracle'] == there['oracle']
        assert here.get('preemptions') == there.get('preemptions') == preemptions
        assert '4 nodes, 96 CPUs' in there['machine']


def main():
    program, tree, version = sys.argv[1:]
    failed = 0
    print(f'1..{len(SUITES)}')
    for number, function in enumerate(SUITES, 1):
        name = function.__name__.replace('_', ' ')
        with tempfile.TemporaryDirectory() as folder:
            try:
                function(Command(os.path.abspath(program), os.path.abspath(tree), folder), version)
                print(f'ok {number} - {name}')
            except Skipped as why:
                print(f'ok {number} - {name} # SKIP {why}')
            except Exception as error:  # whatever it is, it is one test that failed
                failed = 1
                print(f'not ok {number} - {name}')
                print('# ' + f'{type(error).__name__}: {error}'.replace('\n', '\n# '))
        sys.stdout.flush()
    return failed


if __name__ == '__main__':
    sys.exit(main())
