"""The command: python -m benchmarks run | compare | commits | report | list. See benchmarks/README.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks import compare, report, results
from benchmarks.commits import commits
from benchmarks.measure import Options
from benchmarks.peers import registry as peers
from benchmarks.peers.base import CACHE
from benchmarks.run import Plan, run
from benchmarks.scenarios.registry import SCENARIOS


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit code: 0 done, 1 failed, 2 wrong usage."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("--") and given[0] != "--help"):
        given.insert(0, "run")
    options = _parser().parse_args(given)
    try:
        return int(options.act(options))
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


def _run(given: argparse.Namespace) -> int:
    path = run(_plan(given))
    page = report.write(path)
    print(page.read_text("utf-8"))
    print(f"written: {path} and {page}", file=sys.stderr)
    found = results.read(path)
    # A run in which a target never answered as it must has failed, and CI should say so.
    broken = [row for row in found.rows if not row.metrics or row.metrics.get("requests", 1.0) == 0]
    return 1 if given.strict and (broken or any(target.unavailable for target in found.targets)) else 0


def _compare(given: argparse.Namespace) -> int:
    before, after = (results.read(Path(path)) for path in (given.before, given.after))
    print(compare.compare(before, after, names=(before.environment["commit"], after.environment["commit"])))
    return 0


def _commits(given: argparse.Namespace) -> int:
    path, text = commits(given.first, given.second, _plan(given))
    report.write(path)
    print(text)
    print(f"written: {path}", file=sys.stderr)
    return 0


def _report(given: argparse.Namespace) -> int:
    print(report.write(Path(given.result)))
    return 0


def _list(_: argparse.Namespace) -> int:
    for scenario in SCENARIOS.values():
        print(f"scenario  {scenario.name:18} {scenario.title}{'' if scenario.usual else ' (only by name)'}")
    for name in peers.DEFAULT:
        print(f"target    {name:18} {peers.create(name).about}")
    print("target    bare-granian, gateway+replicas=N, gateway+pool, gateway+database=URL, litellm+workers=N")
    return 0


def _plan(given: argparse.Namespace) -> Plan:
    options = Options(given.short, given.seconds, given.count, given.rate)
    rounds = given.rounds or (1 if given.short else 3)
    return Plan(given.target, given.scenario, rounds, options, Path(given.out))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("run", help="measure targets (the default command)")
    _add_plan(one)
    one.add_argument("--target", action="append", default=[], help=f"repeatable; default: {', '.join(peers.DEFAULT)}")
    one.add_argument("--strict", action="store_true", help="exit 1 when a target is missing or answered nothing")
    one.set_defaults(act=_run)
    two = commands.add_parser("commits", help="measure two commits of the gateway, interleaved")
    two.add_argument("first")
    two.add_argument("second")
    _add_plan(two)
    two.set_defaults(act=_commits, target=[])
    three = commands.add_parser("compare", help="compare two result files")
    three.add_argument("before")
    three.add_argument("after")
    three.set_defaults(act=_compare)
    four = commands.add_parser("report", help="write page and charts of a result file again")
    four.add_argument("result")
    four.set_defaults(act=_report)
    commands.add_parser("list", help="show scenarios and targets").set_defaults(act=_list)
    return parser


def _add_plan(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scenario", action="append", default=[], help="repeatable; default: all but soak")
    parser.add_argument("--rounds", type=int, default=0, help="default 3, with --short 1")
    parser.add_argument("--short", action="store_true", help="a few seconds per target: is everything alive?")
    parser.add_argument("--seconds", type=float, default=0.0, help="length of each load")
    parser.add_argument("--count", type=int, default=0, help="requests (soak), streams (idle_streams), keys (cold_key)")
    parser.add_argument("--rate", type=float, default=0.0, help="arrivals per second of unary_open")
    parser.add_argument("--out", default=str(CACHE / "results"), help="directory of the results (data/bench/results)")


if __name__ == "__main__":
    sys.exit(main())
