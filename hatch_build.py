"""The build hook of wheels: the console is built into them, or there is no wheel. An editable install builds nothing.

A checkout builds its console at the gateway's start: a build in the middle of an installation is silent for half a
minute, and an installer does not notice changed sources.
"""

import inspect
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

from admin.console import digest, node  # noqa: E402  # standard library only
from admin.console.build import build  # noqa: E402  # as above
from admin.console.places import Places  # noqa: E402  # as above

PLACES = Places(ui=ROOT / "admin" / "ui", tools=ROOT / ".tools", requirements=ROOT / "requirements" / "console.txt")


class ConsoleHook(BuildHookInterface[Any]):
    """Named `custom` in pyproject.toml."""

    def dependencies(self) -> list[str]:
        """What the build needs: Node.js, where there is none and something is to be built."""
        # The interface does not tell what is asked for; an editable install shall not fetch what it does not use.
        editable = any(frame.function == "get_requires_for_build_editable" for frame in inspect.stack(0))
        if editable or digest.is_fresh(PLACES) or node.find(PLACES) is not None:
            return []
        lines = (ROOT / "requirements" / "console.in").read_text(encoding="utf-8").splitlines()
        return [line for line in lines if line and not line.startswith("#")]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # the interface
        """Build before the files are collected. Raises BuildError."""
        if version != "editable":
            build(PLACES, say=self.app.display_info)
