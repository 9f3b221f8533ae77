"""How far a build is: a small file that the builder replaces and the servers read. No process asks another one."""

import json
import os
import time
from dataclasses import asdict, dataclass
from typing import Literal

from admin.console.places import Places

Step = Literal["", "node", "packages", "compile"]
Outcome = Literal["running", "done", "failed"]
Cause = Literal["", "unreachable", "disk", "node", "lock", "compile", "interrupted", "other"]


@dataclass(frozen=True)
class State:
    """One build. Times are Unix seconds; `code` is the tool's own word for the failure, such as ENOTFOUND."""

    outcome: Outcome
    step: Step = ""
    cause: Cause = ""
    code: str = ""
    pid: int = 0
    started_at: float = 0.0
    ended_at: float = 0.0

    @property
    def seconds(self) -> float:
        """How long it has taken."""
        return max(0.0, (self.ended_at or time.time()) - self.started_at)


def write(places: Places, state: State) -> None:
    """Replace the state; a reader sees the old one or the new one."""
    places.work.mkdir(parents=True, exist_ok=True)
    made = places.work / f"state.{os.getpid()}"
    made.write_text(json.dumps(asdict(state)), encoding="utf-8")
    made.replace(places.work / "state.json")


def read(places: Places) -> State | None:
    """The last build; None when there was none. One whose process is gone was interrupted."""
    try:
        found = State(**json.loads((places.work / "state.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    if found.outcome == "running" and not _alive(found.pid):
        return State("failed", found.step, "interrupted", "", found.pid, found.started_at, found.started_at)
    return found


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
