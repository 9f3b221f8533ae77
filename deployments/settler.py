"""`python -m deployments.settler`: the process that settles the journal of its node, started by the Router.

The first line of its stdin is its settings. What it does is in settler_life.py; here is only what must come before the
second that loading it takes.
"""

import gc
import os
import signal
import sys


def main() -> None:
    """Entry point."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the Router decides
    line = _first_line(0)
    from deployments.logs import configure  # noqa: PLC0415  # after the signals
    from deployments.settings import Settings  # noqa: PLC0415  # as above
    from deployments.settler_life import Settler  # noqa: PLC0415  # as above

    settings = Settings.model_validate_json(line)
    configure(settings.log_level)
    gc.collect()
    gc.freeze()  # what is loaded stays shared with the workers
    Settler(settings, 0, 1).run()


def _first_line(descriptor: int) -> bytes:
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = os.read(descriptor, 1)  # one at a time: what follows is for later
        if not byte:
            sys.exit(1)
        line += byte
    return bytes(line)


if __name__ == "__main__":
    main()
