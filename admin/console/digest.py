"""Whether the built console is that of the sources: by their content, so neither git nor a copy changes the answer.

A few milliseconds for some hundred files; runs at each start. Must not start anything.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from admin.console.places import Places

RECIPE = "1"
"""Raised when the same sources are to be built otherwise."""

_SKIPPED_FOLDERS = {"node_modules", "dist"}
_SKIPPED_FILES = ("biome.json", ".d.ts", ".virtual")
"""How the names end of what only checks the sources, or is written from others when they are built."""


def sources(ui: Path) -> Iterator[Path]:
    """The files that a build reads, in a fixed order."""
    for folder, folders, names in os.walk(ui):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED_FOLDERS and not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and not name.endswith(_SKIPPED_FILES) and ".test." not in name:
                yield Path(folder, name)


def digest(places: Places) -> str:
    """One text for the content of all sources."""
    whole = hashlib.sha256(RECIPE.encode())
    for path in sources(places.ui):
        content = path.read_bytes()
        whole.update(f"\0{path.relative_to(places.ui).as_posix()}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()[:32]


def record(places: Places) -> dict[str, Any]:
    """What is known of the built files; empty when there are none."""
    try:
        found = json.loads(places.record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def is_built(places: Places) -> bool:
    """Whether a console is there, of whatever sources."""
    return bool(record(places)) and (places.dist / "index.html").is_file()


def is_fresh(places: Places) -> bool:
    """Whether nothing is to be built: the console is there, and its sources are as they were, or not here at all."""
    return is_built(places) and (not places.buildable or record(places).get("digest") == digest(places))
