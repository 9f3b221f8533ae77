"""Whether a start of the gateway begins a build: in a process of its own at low priority, and never in a server's.

The gateway goes on whatever becomes of it. Called by the launcher and, for `serve run` by hand, by the process that
builds the application. When nothing is to do this takes milliseconds.
"""

import subprocess
import sys
from typing import Literal

from admin.console import digest
from admin.console.build import Say, build
from admin.console.places import HERE, ROOT, Places
from admin.console.tool import BuildError

Mode = Literal["background", "wait", "off"]
NICE = 10
WORKER = "admin.console.worker"
RETRY = "gateway console build"


def outlook(mode: Mode, places: Places = HERE) -> str:
    """What the welcome says behind the console's address; empty when it is simply there."""
    if digest.is_fresh(places):
        return ""
    if digest.is_built(places):
        return "an older build; a new one is being made" if mode == "background" and places.buildable else ""
    if mode == "background" and places.buildable:
        return "being built, usable in about a minute"
    return f"not built; {RETRY} makes it" if places.buildable else "not part of this installation"


def begin(mode: Mode, say: Say, *, detached: bool = False, places: Places = HERE) -> subprocess.Popen[bytes] | None:
    """Begin what is to do; returns the process that builds in the background, if there is one to end later.

    `detached`: nobody waits for it, it outlives the caller and writes to its log alone.
    """
    if mode == "off" or not places.buildable or digest.is_fresh(places):
        return None
    if mode == "wait":
        try:
            build(places, say=say)
        except BuildError as error:
            say(f"not built, the gateway goes on without it: {error}\ntry again: {RETRY}")
        return None
    command = [sys.executable, "-m", WORKER]
    if detached:
        # Ray ends the children of its workers; a grandchild is nobody's.
        subprocess.run([*command, "--detach"], cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
        return None
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL)
