"""A build from beginning to end: Node.js, packages, Vite, publication. One at a time on this machine.

Must not be called by a server: it takes cores for half a minute. Who begins one is in start.py and the command line.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from admin.console import digest, node, npm, state
from admin.console.places import HERE, Places
from admin.console.publish import publish
from admin.console.state import State, Step
from admin.console.tool import BuildError, run

Say = Callable[[str], object]
VITE = Path("node_modules", "vite", "bin", "vite.js")


class BusyError(RuntimeError):
    """Another process is building."""


def build(places: Places = HERE, *, say: Say, force: bool = False, wait: bool = True) -> bool:
    """Build unless what is there is of these sources; False when nothing was to do.

    `say` is given lines of progress. Raises BuildError, and BusyError when another process builds and `wait` is off.
    """
    if not places.buildable:
        if digest.is_built(places):
            return False
        raise BuildError("other", f"There are no sources of the console in {places.ui}.")
    if not force and digest.is_fresh(places):
        return False
    with _alone(places, say, wait=wait):
        if not force and digest.is_fresh(places):
            return False
        began = State("running", pid=os.getpid(), started_at=time.time())
        try:
            _make(places, began, say)
        except BuildError as error:
            _end(places, began, error)
            raise
        except OSError as error:
            told = BuildError("disk", f"{error.filename or places.ui}: {error.strerror}", "")
            _end(places, began, told)
            raise told from None
        done = State("done", "", "", "", began.pid, began.started_at, time.time())
        state.write(places, done)
        say(f"built in {done.seconds:.0f} s")
        return True


def packages(places: Places = HERE, *, say: Say) -> node.Node:
    """A Node.js and all packages, those that check the sources too. Raises BuildError."""
    with _alone(places, say, wait=True):
        found = _node(places, say)
        if not npm.installed(places, dev=True):
            say("packages: npm ci")
            npm.install(places, found, dev=True)
        return found


def _make(places: Places, began: State, say: Say) -> None:
    def at(step: Step, text: str) -> None:
        state.write(places, State("running", step, "", "", began.pid, began.started_at))
        say(text)

    places.log.unlink(missing_ok=True)
    at("node", "1/3 Node.js")
    found = _node(places, say)
    # Packages that check the sources are not needed here, and not taken away where somebody has them.
    dev = npm.checks(places)
    new = not npm.installed(places, dev=False)
    if new:
        at("packages", "2/3 packages: npm ci")
        npm.install(places, found, dev=dev)
    at("compile", "3/3 compiling")
    of = digest.digest(places)
    out = places.work / "out"
    command: list[str | Path] = [found.program, places.ui / VITE, "build", "--outDir", out, "--emptyOutDir"]
    command += ["--logLevel", "warn"]
    try:
        run(places, command, places.ui, "compile")
    except BuildError:
        if new or npm.installed(places, dev=True):
            raise
        at("packages", "2/3 packages anew: npm ci")
        npm.install(places, found, dev=dev)
        run(places, command, places.ui, "compile")
    if not (out / "index.html").is_file():
        raise BuildError("compile", "Vite wrote no index.html.")
    publish(places, out, of)


def _node(places: Places, say: Say) -> node.Node:
    found = node.find(places)
    if found is None:
        say("1/3 Node.js from PyPI (about 60 MB)")
        found = node.install(places)
    return found


def _end(places: Places, began: State, error: BuildError) -> None:
    """Write down why; where that cannot be written, the message alone tells."""
    last = state.read(places)
    step: Step = last.step if last is not None else ""
    shutil.rmtree(places.work / "out", ignore_errors=True)
    try:
        state.write(places, State("failed", step, error.cause, error.code, began.pid, began.started_at, time.time()))
    except OSError:
        return


@contextmanager
def _alone(places: Places, say: Say, *, wait: bool) -> Iterator[None]:
    """The lock of this console's builds; the kernel gives it back whatever becomes of the process."""
    try:
        places.work.mkdir(parents=True, exist_ok=True)
        handle = os.open(places.work / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise BuildError("disk", f"{places.work} cannot be written: {error.strerror}") from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not wait:
                raise BusyError from None
            say("another process builds; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
