"""The packages of package-lock.json, installed only when they are not there. npm's own configuration says where from.

No script of a package runs. A registry that is away is noticed after seconds, not after npm's own minutes.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from admin.console.node import Node
from admin.console.places import Places
from admin.console.tool import run

_OPTIONS = (
    "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", "--no-update-notifier", "--loglevel=error",
    "--fetch-retries=1", "--fetch-retry-mintimeout=300", "--fetch-retry-maxtimeout=1000", "--fetch-timeout=60000",
)  # fmt: skip


def installed(places: Places, *, dev: bool) -> bool:
    """Whether node_modules holds what the lock names, by npm's own record of it; optional packages may be missing.

    `dev`: with what only checks the sources.
    """
    wanted, there = _packages(places.lock_file), _packages(places.modules / ".package-lock.json")
    if not wanted or not there:
        return False
    for path, package in wanted.items():
        if not path or package.get("optional") or package.get("devOptional") or (package.get("dev") and not dev):
            continue
        found = there.get(path)
        if found is None or any(found.get(field) != package.get(field) for field in ("version", "integrity")):
            return False
    return True


def checks(places: Places) -> bool:
    """Whether node_modules holds any package that only checks the sources."""
    return any(package.get("dev") for package in _packages(places.modules / ".package-lock.json").values())


def install(places: Places, node: Node, *, dev: bool) -> None:
    """Make node_modules anew from the lock. Raises BuildError."""
    only = () if dev else ("--omit=dev",)
    run(places, [node.program, node.npm, "ci", *_OPTIONS, *only], places.ui, "unreachable")


def _packages(path: Path) -> Mapping[str, Mapping[str, Any]]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["packages"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}
