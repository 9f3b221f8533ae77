"""Known vulnerabilities of the locked packages, Python's and the console's: `make audit [STRICT=1]`.

Both tools ask at once. A service that does not answer is given up within seconds and told in one line; `--strict` makes
that a failure too. Which service is asked is the tools' own configuration.
"""

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import TimeoutExpired, run

from admin.console.build import packages
from admin.console.places import HERE, ROOT
from admin.console.tool import BuildError
from tests.advisories import judge
from tests.advisories.judge import Verdict

SILENT_S = 5
"""How long a service may be silent."""
WHOLE_S = 60.0
"""How long one that answers slowly is waited for."""


def asked(
    tool: str, command: Sequence[str | Path], folder: Path, read: Callable[[str, str], Verdict], within: float = WHOLE_S
) -> Verdict:
    """Run one tool and judge what it says."""
    try:
        done = run([*map(str, command)], cwd=folder, capture_output=True, text=True, timeout=within, check=False)
    except TimeoutExpired:
        return judge.late(tool, within)
    except OSError as error:
        return Verdict(tool, "broken", f"cannot be run: {error.strerror}")
    return read(done.stdout, done.stderr)


def of_python() -> Verdict:
    """The packages that the gateway runs with."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner", "off"]
    command += ["--format", "json", "--timeout", str(SILENT_S), "-r", "requirements/runtime.txt"]
    return asked("pip-audit", command, ROOT, judge.pip)


def of_console() -> Verdict:
    """The packages that browsers are given."""
    try:
        node = packages(HERE, say=lambda text: sys.stderr.write(f"console: {text}\n"))
    except BuildError as error:
        return Verdict("npm audit", "broken", f"Node.js is not to be had: {error}")
    command: list[str | Path] = [node.program, node.npm, "audit", "--omit=dev", "--json", "--fetch-retries=0"]
    command += [f"--fetch-timeout={SILENT_S * 1000}"]
    return asked("npm audit", command, HERE.ui, judge.npm)


def main(arguments: list[str]) -> int:
    """Ask both; the exit status."""
    if arguments not in ([], ["--strict"]):
        sys.stderr.write("usage: make audit [STRICT=1]\n")
        return 2
    with ThreadPoolExecutor(2) as threads:
        verdicts = list(threads.map(lambda ask: ask(), [of_python, of_console]))
    for verdict in verdicts:
        print("\n".join(verdict.lines))
    return int(judge.fails(verdicts, strict=bool(arguments)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
