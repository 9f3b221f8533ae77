"""What fails the check and what is only told: answers of pip-audit and npm audit, good, bad and none at all."""

import sys
import time
from pathlib import Path

import msgspec
import pytest

from tests.advisories import judge
from tests.advisories.__main__ import asked
from tests.advisories.judge import Verdict

GOOD = {"name": "anyio", "version": "4.9.0", "vulns": []}
BAD = {
    "name": "jinja2",
    "version": "3.1.0",
    "vulns": [{"id": "PYSEC-2099-1", "aliases": ["CVE-2099-7"], "fix_versions": ["3.1.9"], "description": "long"}],
}
UNKNOWN = {"name": "asyncmy", "skip_reason": "Dependency not found on PyPI and could not be audited: asyncmy (0.2)"}
THROUGH = {"name": "outer", "severity": "high", "via": ["inner"], "range": "*"}
INNER = {
    "name": "inner",
    "via": [
        {"source": 7, "title": "Reads too much", "url": "https://x.example/advisories/GHSA-1", "severity": "high",
         "range": "<2"}
    ],
}  # fmt: skip


def of_pip(*packages: object, errors: str = "") -> Verdict:
    return judge.pip(msgspec.json.encode({"dependencies": packages, "fixes": []}).decode(), errors)


def of_npm(answer: object, errors: str = "") -> Verdict:
    return judge.npm(msgspec.json.encode(answer).decode(), errors)


def test_what_is_known_and_good_passes() -> None:
    for verdict in (of_pip(GOOD), of_npm({"vulnerabilities": {}, "metadata": {"dependencies": {"prod": 214}}})):
        assert verdict.state == "clean"
        assert not judge.fails([verdict], strict=True)
    assert "214 packages" in verdict.said


def test_a_vulnerability_fails_and_is_named_with_its_mend() -> None:
    verdict = of_pip(GOOD, BAD, UNKNOWN)
    assert verdict.lines[1:] == ["  jinja2 3.1.0: PYSEC-2099-1 (mended in 3.1.9)"]
    assert "asyncmy" in verdict.said
    assert judge.fails([verdict], strict=False)
    found = of_npm({"vulnerabilities": {"outer": THROUGH, "inner": INNER}, "metadata": {}})
    assert found.lines[1:] == ["  inner <2: GHSA-1 Reads too much (high)"]
    assert judge.fails([of_pip(GOOD), found], strict=False)


def test_a_list_that_names_only_those_concerned_fails_too() -> None:
    assert judge.fails([of_npm({"vulnerabilities": {"outer": THROUGH}})], strict=False)


def test_an_accepted_advisory_passes_with_its_reason() -> None:
    text = msgspec.json.encode({"dependencies": [BAD]}).decode()
    for name in ("PYSEC-2099-1", "CVE-2099-7"):
        verdict = judge.pip(text, "", {name: "no template comes from outside"})
        assert verdict.state == "clean"
        assert "no template comes from outside" in verdict.said
    assert judge.pip(text, "", {"CVE-2099-8": "another"}).state == "found"


@pytest.mark.parametrize(
    "verdict",
    [
        of_pip(UNKNOWN, UNKNOWN),
        judge.pip(
            "", "requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='index.example', port=443): timed out"
        ),
        judge.pip("", "ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed"),
        judge.pip("", "pip_audit._service.interface.ServiceError"),
        of_npm(
            {"message": "405 Method Not Allowed - POST https://index.example/-/npm", "statusCode": 405, "error": {}}
        ),
        of_npm({"message": "request to https://index.example failed, reason: connect ECONNREFUSED 127.0.0.1:9"}),
        judge.late("npm audit", 20),
    ],
    ids=lambda verdict: verdict.said,
)
def test_a_service_without_an_answer_is_told_in_one_line(verdict: Verdict) -> None:
    assert verdict.state == "unanswered"
    assert not judge.fails([verdict], strict=False)
    assert judge.fails([verdict], strict=True)
    (line,) = verdict.lines
    assert line.endswith("nothing was checked")
    assert "\n" not in line
    assert "index.example" not in line


@pytest.mark.parametrize(
    "verdict",
    [
        judge.pip("", "ERROR:pip_audit._cli:requirement anyio==4.9.0 does not contain a hash"),
        judge.pip("no JSON", ""),
        of_npm({"error": {"code": "ENOLOCK", "summary": "This command requires an existing lockfile."}}),
        judge.npm("", "TypeError: Cannot read properties of undefined"),
        judge.npm("[]", ""),
    ],
    ids=lambda verdict: verdict.said,
)
def test_a_tool_that_does_not_work_fails(verdict: Verdict) -> None:
    assert verdict.state == "broken"
    assert judge.fails([verdict], strict=False)


def test_a_tool_is_ended_in_time(tmp_path: Path) -> None:
    began = time.monotonic()
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    assert asked("npm audit", command, tmp_path, judge.npm, within=0.3).state == "unanswered"
    assert time.monotonic() - began < 20


def test_a_tool_that_is_not_there_is_no_answer_of_a_service(tmp_path: Path) -> None:
    assert asked("pip-audit", [tmp_path / "none"], tmp_path, judge.pip).state == "broken"
