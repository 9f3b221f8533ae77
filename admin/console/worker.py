"""`python -m admin.console.worker`: the background build of a start. Says how far it is and always ends with 0.

A build that another process makes already is left to it.
"""

import os
import subprocess
import sys

from admin.console.build import BusyError, build
from admin.console.places import ROOT
from admin.console.start import NICE, RETRY, WORKER
from admin.console.tool import BuildError


def main(arguments: list[str]) -> None:
    """Build, or with --detach start another process that does and leave."""
    if "--detach" in arguments:
        subprocess.Popen(
            [sys.executable, "-m", WORKER, "--quiet"], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        return
    os.setpriority(os.PRIO_PROCESS, 0, max(NICE, os.getpriority(os.PRIO_PROCESS, 0)))
    try:
        build(say=(lambda _text: None) if "--quiet" in arguments else say, wait=False)
    except BusyError:
        return
    except BuildError as error:
        say(f"not built ({error.code or error.cause}); the gateway goes on without it. Try again: {RETRY}\n{error}")


def say(text: str) -> None:
    """A line beside the gateway's own."""
    sys.stdout.write(f"console: {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
