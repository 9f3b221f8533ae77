"""From a finished build to the folder that is served: at each moment the folder holds a whole console.

Files with a hash in their name are added first, then those with fixed names are replaced one by one, then the record.
What pages that are open in browsers may still ask for stays for a few builds.
"""

import json
import os
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

from admin.console import digest
from admin.console.places import Places

ASSETS = "assets"
KEPT_BUILDS = 3
"""Builds before this one whose assets stay."""


def publish(places: Places, made: Path, of: str) -> None:
    """Put the files of `made` into the served folder; `of` is the digest of their sources. Raises OSError."""
    dist = places.dist
    before = digest.record(places).get("builds", []) if dist.is_dir() else []
    (dist / ASSETS).mkdir(parents=True, exist_ok=True)
    names = sorted(path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file())
    hashed = [name for name in names if name.startswith(f"{ASSETS}/")]
    others = sorted((name for name in names if name not in hashed), key=lambda name: name == "index.html")
    for name in [*hashed, *others]:
        target = dist / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (made / name).replace(target)
    builds = [hashed, *(one for one in before if one != hashed)][: KEPT_BUILDS + 1]
    record = {"digest": of, "built_at": int(time.time()), "builds": builds}
    fresh = dist / f".{os.getpid()}.json"
    fresh.write_text(json.dumps(record, indent=1), encoding="utf-8")
    fresh.replace(places.record)
    _sweep(dist, {*others, *(name for one in builds for name in one), places.record.name})
    shutil.rmtree(made, ignore_errors=True)


def _sweep(dist: Path, wanted: Iterable[str]) -> None:
    kept = set(wanted)
    for path in dist.rglob("*"):
        if path.is_file() and path.relative_to(dist).as_posix() not in kept:
            path.unlink(missing_ok=True)
