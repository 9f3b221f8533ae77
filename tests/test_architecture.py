"""Owns the house rules that no linter knows: layers, sizes, docstrings, bans by folder, what a committed file may say.

Must not test behaviour. An exemption list here only shrinks: each test fails when an exemption is no longer needed.
"""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("deployments", "adapters", "storage", "admin", "benchmarks")

MAX_LINES = 350
# path: lines it may have. A file here must be over MAX_LINES and may only get shorter.
LONGER: dict[str, int] = {
    # Written from the OpenAPI document: one file for what one tag has.
    "admin/client/api/payments.py": 380,
    "admin/client/api/usage.py": 380,
    "admin/client/shapes/common.py": 380,
}


@cache
def committed_files() -> tuple[Path, ...]:
    """Files git tracks or would track, in a source archive every file."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        names = [name for name in listed.stdout.decode().split("\0") if name]
        return tuple(path for path in (ROOT / name for name in names) if path.is_file())
    return tuple(path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts)


def modules(*folders: str) -> Iterator[Path]:
    """Python files of these top-level folders."""
    for path in committed_files():
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in folders:
            yield path


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name_of(path: Path) -> str:
    """The path as the lists here write it."""
    return path.relative_to(ROOT).as_posix()


# ------------------------------------------------------------------------------------------------------------ layers


@pytest.mark.skipif(any(not (ROOT / p / "__init__.py").exists() for p in PACKAGES), reason="a package is not there yet")
def test_import_contracts_hold() -> None:
    """The layers of pyproject.toml: arrows go down, adapters and storage do not know each other."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# ------------------------------------------------------------------------------------------------- sizes, docstrings


def test_files_stay_small() -> None:
    """A file has at most MAX_LINES lines: split it by noun, protocol or phase."""
    lines = {name_of(path): path.read_text(encoding="utf-8").count("\n") for path in modules(*PACKAGES)}
    too_long = {name: count for name, count in lines.items() if count > LONGER.get(name, MAX_LINES)}
    assert not too_long
    assert not {name for name in LONGER if lines.get(name, 0) <= MAX_LINES}, "remove these exemptions"


def test_every_module_says_what_it_owns() -> None:
    """A module docstring says what the module owns and what it must not do; an empty ``__init__.py`` needs none."""
    silent = [name_of(p) for p in modules(*PACKAGES, "tests") if tree(p).body and ast.get_docstring(tree(p)) is None]
    assert not silent


# -------------------------------------------------------------------------------------------------------------- bans


@dataclass(frozen=True)
class Ban:
    """A name that may not be used in some folders; the linter's list is all or nothing for a file, this one is not."""

    name: str
    folders: tuple[str, ...]
    reason: str
    allowed: frozenset[str] = field(default_factory=frozenset)


BANS = (
    Ban("json", ("deployments", "adapters"), "msgspec.json is faster and stricter"),
    Ban("asyncio.create_task", PACKAGES, "the loop keeps weak references only; use the helper that keeps tasks"),
    Ban("asyncio.ensure_future", PACKAGES, "as asyncio.create_task"),
    Ban("starlette.middleware.base", PACKAGES, "BaseHTTPMiddleware buffers streams; write pure ASGI middleware"),
    Ban(
        "starlette",
        ("deployments", "adapters", "storage"),
        "kept off the data path",
        frozenset({"deployments/admin.py"}),
    ),
    Ban(
        "fastapi", ("deployments", "adapters", "storage"), "kept off the data path", frozenset({"deployments/admin.py"})
    ),
    *(
        Ban(
            name,
            ("deployments", "adapters", "storage", "admin"),
            "settings are read once, in deployments/settings.py",
            frozenset({"deployments/settings.py", "deployments/launch.py", "deployments/ray_node.py", "admin/cli/"}),
        )
        for name in ("os.getenv", "os.environ")
    ),
)
# (file, name) that stays for now, with the reason beside it.
BANNED_BUT_THERE: dict[tuple[str, str], str] = {}


def used_names(path: Path) -> set[str]:
    """Dotted names that a file imports or reaches through a module it imported, under their full names."""
    aliases: dict[str, str] = {}
    used: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for name in node.names:
                used.add(name.name)
                aliases[name.asname or name.name.split(".")[0]] = name.name if name.asname else name.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            used.add(node.module)
            for name in node.names:
                used.add(f"{node.module}.{name.name}")
                aliases[name.asname or name.name] = f"{node.module}.{name.name}"
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in aliases:
            used.add(f"{aliases[node.value.id]}.{node.attr}")
    return used


def test_bans_hold_where_the_linter_cannot_look() -> None:
    """Each ban of BANS in its folders."""
    found: dict[tuple[str, str], str] = {}
    for ban in BANS:
        for path in modules(*ban.folders):
            name = name_of(path)
            if any(name == allowed or (allowed.endswith("/") and name.startswith(allowed)) for allowed in ban.allowed):
                continue
            if any(used == ban.name or used.startswith(ban.name + ".") for used in used_names(path)):
                found[name, ban.name] = ban.reason
    assert not {key: reason for key, reason in found.items() if key not in BANNED_BUT_THERE}
    assert not BANNED_BUT_THERE.keys() - found.keys(), "remove these exemptions"


# ---------------------------------------------------------------------------------------------------- committed text

# Put together here, because this file is searched too.
REGISTRY_HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
        ("ftp", "debian", "org"),
        ("archive", "ubuntu", "com"),
        ("proxy", "golang", "org"),
    )
]
# A path of one machine: somebody's home or work folder.
MACHINE_PATH = re.compile(r"(?<![\w./~-])/(?:work|root|home/[a-z]\w*|Users/[A-Za-z]\w*|opt/(?:wheels|pypi))(?:/|\b)")


def committed_text() -> Iterator[tuple[str, str]]:
    """(path, text) of every committed text file."""
    for path in committed_files():
        content = path.read_bytes()
        if b"\0" not in content[:8192]:
            yield name_of(path), content.decode("utf-8", errors="replace")


def test_no_file_names_a_package_registry() -> None:
    """Which registry serves the packages is the machine's business."""
    found = [(name, host) for name, text in committed_text() for host in REGISTRY_HOSTS if host in text]
    assert not found


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    """Every path is relative, or a setting."""
    found = [(name, hit.group()) for name, text in committed_text() if (hit := MACHINE_PATH.search(text))]
    assert not found


def test_no_file_promises_work() -> None:
    """What is left to do is an issue, not a comment."""
    words = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + r")\b")
    found = [
        (name, hit.group()) for name, text in committed_text() if name != "LICENSE" and (hit := words.search(text))
    ]
    assert not found


# ------------------------------------------------------------------------------------------------- dependencies, locks

# Import name -> the declared dependency that it is a part of.
PART_OF = {"starlette": "fastapi", "pydantic_core": "pydantic", "click": "typer"}
STANDARD = {*sys.stdlib_module_names, *PACKAGES, "tests"}


def test_what_is_imported_is_declared() -> None:
    """A package that is here only because another one needs it may be gone with that one's next release."""
    shipped = {canonicalize_name(Requirement(line).name) for line in project()["project"]["dependencies"]}
    measuring = {canonicalize_name(Requirement(line).name) for line in project()["dependency-groups"]["dev"]}
    distributions = packages_distributions()
    missing = set()
    for path in modules(*PACKAGES):
        declared = shipped | measuring if name_of(path).startswith("benchmarks/") else shipped
        for name in {used.split(".")[0] for used in imported(path)} - STANDARD:
            owners = {canonicalize_name(owner) for owner in distributions.get(name, [name])}
            if not owners & declared and PART_OF.get(name) not in declared:
                missing.add((name_of(path), name))
    assert not missing


def imported(path: Path) -> Iterator[str]:
    """Modules that a file imports, wherever in the file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def pins(lock: str) -> dict[str, set[str]]:
    """Locked package names with their pinned versions."""
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*])?==(\S+)", text, re.MULTILINE):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def project() -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("lock", "groups"), [("runtime.txt", ("build",)), ("dev.txt", ("build", "dev"))], ids=["runtime", "dev"]
)
def test_locks_cover_the_project_file(lock: str, groups: tuple[str, ...]) -> None:
    """Every direct dependency is locked at a version that the project file allows; otherwise run ``make lock``."""
    asked = list(project()["project"]["dependencies"])
    for group in groups:
        asked += project()["dependency-groups"][group]
    locked = pins(lock)
    for requirement in map(Requirement, asked):
        versions = locked.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement.name} is not in requirements/{lock}"
        assert all(requirement.specifier.contains(version) for version in versions), requirement


def test_tests_run_what_is_shipped() -> None:
    """The lock of the tests holds the runtime lock unchanged."""
    dev = pins("dev.txt")
    assert {name: versions for name, versions in pins("runtime.txt").items() if dev.get(name) != versions} == {}


@pytest.mark.parametrize("lock", ["bootstrap.txt", "console.txt", "runtime.txt", "dev.txt"])
def test_locks_hold_hashes_and_no_address(lock: str) -> None:
    """Each pin has hashes, and no line says where the packages come from."""
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|^\s*-(?:i|f|-index|-extra|-find|-trusted)", text, re.MULTILINE)
    entries = text.replace("\\\n", " ").splitlines()
    assert not [entry for entry in entries if "==" in entry and "--hash=sha256:" not in entry]


# -------------------------------------------------------------------------------------------------------------- docs


def test_links_between_documents_lead_somewhere() -> None:
    """Relative links in Markdown files."""
    links = [
        (path, target)
        for path in committed_files()
        if path.suffix == ".md"
        for target in re.findall(r"]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:")
    ]
    assert not [(name_of(path), target) for path, target in links if not (path.parent / target).exists()]


SETTINGS = ROOT / "deployments" / "settings.py"
CONFIG = ROOT / "serve_config.yaml"


@pytest.mark.skipif(not SETTINGS.exists(), reason="deployments/settings.py is not there yet")
def test_settings_page_is_what_the_code_says() -> None:
    """docs/settings.md is the output of ``python -m deployments.settings --markdown``."""
    command = [sys.executable, "-m", "deployments.settings", "--markdown"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page.strip() == done.stdout.strip(), "run: " + " ".join(["python", *command[1:]]) + " > docs/settings.md"


def leaves(value: object, path: str = "") -> Iterator[str]:
    """Dotted paths of everything below a mapping that is not itself a mapping."""
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from leaves(below, f"{path}.{key}" if path else str(key))
    else:
        yield path


@pytest.mark.skipif(not (CONFIG.exists() and SETTINGS.exists()), reason="serve_config.yaml is not there yet")
def test_every_setting_of_the_config_is_documented() -> None:
    """Each argument in serve_config.yaml stands in docs/settings.md, by its dotted path or its own name."""
    config = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    documented = set(re.findall(r"`([\w.]+)`", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")))
    missing = [
        path
        for application in config["applications"]
        for path in leaves(application.get("args", {}))
        if path and path not in documented and path.rsplit(".", 1)[-1] not in documented
    ]
    assert not missing
