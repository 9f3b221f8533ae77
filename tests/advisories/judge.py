"""What the answers of pip-audit and npm audit mean. Runs nothing and asks nobody.

clean        the service knows the packages, and of no vulnerability in them
found        it knows of one: the check fails
unanswered   the service cannot be reached, refuses, or knows none of the packages: told, and no failure
broken       the tool itself did not work, or its answer is not understood: the check fails, lest nobody notices
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

State = Literal["clean", "found", "unanswered", "broken"]
ACCEPTED: Mapping[str, str] = {}
"""Advisories that do not concern the gateway, by id, each with the reason. Shown, and no failure."""

_ADDRESS = re.compile(r"\b\w+://\S+|\bhost='[^']*'")
_NOT_REACHED = re.compile(
    r"requests\.exceptions\.|urllib3\.exceptions\.|ServiceError|Could not connect|is not redirecting|JSONDecodeError"
)
_NPM_OWN = {"ENOLOCK", "EUSAGE", "EJSONPARSE", "ENOENT", "EAUDITNOLOCK", "ELOCKVERIFY"}
"""What npm says of our own files; anything else without a list of vulnerabilities is the service's."""


@dataclass(frozen=True)
class Verdict:
    """One line for people; `details` are vulnerabilities, a line each."""

    tool: str
    state: State
    said: str
    details: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """What is printed."""
        return [f"audit: {self.tool}: {self.said}", *(f"  {detail}" for detail in self.details)]


def fails(verdicts: list[Verdict], *, strict: bool) -> bool:
    """Whether the check fails; `strict` wants an answer of every service."""
    return any(each.state in {"found", "broken"} or (strict and each.state == "unanswered") for each in verdicts)


def late(tool: str, seconds: float) -> Verdict:
    """The tool was ended before it had an answer."""
    return Verdict(tool, "unanswered", f"no answer within {seconds:.0f} s; nothing was checked")


def pip(output: str, errors: str, accepted: Mapping[str, str] = ACCEPTED) -> Verdict:
    """Of `pip-audit --format json`."""
    tool = "pip-audit"
    packages = _object(output).get("dependencies")
    if not isinstance(packages, list):
        last = _last(errors)
        if _NOT_REACHED.search(errors):
            return Verdict(tool, "unanswered", f"no service of advisories was reached ({last}); nothing was checked")
        return Verdict(tool, "broken", f"did not work: {last}")
    known = [package for package in packages if "skip_reason" not in package]
    if packages and not known:
        return Verdict(tool, "unanswered", f"the service knows none of {len(packages)} packages; nothing was checked")
    vulnerable = [
        (f"{package['name']} {package['version']}: {one['id']}", {one["id"], *one.get("aliases", ())}, _mended(one))
        for package in known
        for one in package.get("vulns", ())
    ]
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    aside = f", {len(unknown)} unknown to the service: {', '.join(unknown)}" if unknown else ""
    return _verdict(tool, f"{len(known)} packages{aside}", vulnerable, accepted)


def npm(output: str, errors: str, accepted: Mapping[str, str] = ACCEPTED) -> Verdict:
    """Of `npm audit --json`."""
    tool = "npm audit"
    answer = _object(output)
    packages = answer.get("vulnerabilities")
    if not isinstance(packages, dict):
        told = answer.get("error")
        error: dict[str, Any] = told if isinstance(told, dict) else {}
        said = answer.get("message") or error.get("summary") or _last(errors)
        if not answer or error.get("code") in _NPM_OWN:
            return Verdict(tool, "broken", f"did not work: {_plain(said)}")
        return Verdict(tool, "unanswered", f"the service of advisories says: {_plain(said)}; nothing was checked")
    vulnerable = []
    for name, package in packages.items():
        for one in package.get("via", ()):
            if isinstance(one, dict):  # a text names another package of the list, through which this one is concerned
                address = str(one.get("url", ""))
                ids = {address.rsplit("/", 1)[-1], str(one.get("source", ""))}
                what = f"{name} {one.get('range', '')}: {address.rsplit('/', 1)[-1]} {one.get('title', '')}"
                vulnerable.append((what.strip(), ids, str(one.get("severity", ""))))
    count = answer.get("metadata", {}).get("dependencies", {}).get("prod", "all")
    if packages and not vulnerable:
        return Verdict(tool, "found", f"{len(packages)} packages are vulnerable", tuple(sorted(packages)))
    return _verdict(tool, f"{count} packages", vulnerable, accepted)


def _verdict(tool: str, what: str, vulnerable: list[tuple[str, set[str], str]], accepted: Mapping[str, str]) -> Verdict:
    new = tuple(f"{text} ({more})" for text, ids, more in vulnerable if not ids & accepted.keys())
    reasons = [accepted[each] for _, ids, _ in vulnerable for each in sorted(ids & accepted.keys())[:1]]
    aside = f"; accepted: {'; '.join(reasons)}" if reasons else ""
    if new:
        return Verdict(tool, "found", f"{what}, {len(new)} vulnerable{aside}", new)
    return Verdict(tool, "clean", f"{what}, no known vulnerability{aside}")


def _mended(one: Mapping[str, Any]) -> str:
    versions = one.get("fix_versions") or ()
    return f"mended in {', '.join(versions)}" if versions else "no version mends it yet"


def _object(output: str) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(output)
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _last(errors: str) -> str:
    lines = [line.strip() for line in errors.splitlines() if line.strip() and "complete log of this run" not in line]
    return _plain(lines[-1]) if lines else "it said nothing"


def _plain(text: object) -> str:
    """Without addresses, in one line that is not long."""
    return " ".join(_ADDRESS.sub("", str(text)).split())[:200]
