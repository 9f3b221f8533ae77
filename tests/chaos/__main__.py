"""The chaos suite: `python -m tests.chaos [--short] [kills outage cent rates]`. Exit code 1 when anything was wrong."""

import argparse
import asyncio
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import uvloop

from tests.chaos import cent, kills, outage, rates
from tests.chaos.world import world
from tests.integration.instance import ROOT

SCENARIOS = {"kills": kills, "outage": outage, "cent": cent, "rates": rates}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the scenarios one after the other, each on a gateway of its own."""
    parser = argparse.ArgumentParser("python -m tests.chaos", description=__doc__)
    parser.add_argument("scenarios", nargs="*", help=f"of {', '.join(SCENARIOS)}; none: all")
    parser.add_argument("--short", action="store_true", help="fewer kills, 20 s in place of 60 s, smaller limits")
    parser.add_argument("--logs", type=Path, default=ROOT / "data" / "chaos", help="where the gateways' logs go")
    given = parser.parse_args(arguments)
    unknown = set(given.scenarios) - SCENARIOS.keys()
    if unknown:
        parser.error(f"there is no scenario {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is ended then too
    wrong: list[str] = []
    for name in given.scenarios or SCENARIOS:
        began = time.monotonic()
        print(f"{name}: {str(SCENARIOS[name].__doc__).splitlines()[0]}", flush=True)
        wrong += [f"{name}: {problem}" for problem in _run(name, short=given.short, log=given.logs / f"{name}.log")]
        print(f"  {time.monotonic() - began:.0f} s in all", flush=True)
    for problem in wrong:
        print(f"WRONG: {problem}")
    print(f"{len(wrong)} things were wrong" if wrong else "nothing was wrong")
    return 1 if wrong else 0


def _run(name: str, *, short: bool, log: Path) -> list[str]:
    scenario = SCENARIOS[name]
    with world(scenario.SETTINGS, log) as made:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(scenario.run(made, short=short))
        return made.problems


if __name__ == "__main__":
    sys.exit(main())
