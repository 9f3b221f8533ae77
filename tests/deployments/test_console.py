"""The console's files and the page before there are any, as the data plane answers them."""

import gzip
import json
import os
import re
import time
from pathlib import Path
from types import SimpleNamespace

import brotli
import pytest

from admin.console import state
from admin.console.places import Places
from admin.console.state import State
from deployments.console import Console, encodings
from deployments.console_files import LOOK_S, Files, policy
from deployments.console_page import building, preferred
from deployments.console_words import WORDS
from tests.deployments.client import Answer
from tests.deployments.gateway import Gateway

PAGE = b'<!doctype html><html><head><base href="/console/"><script src="a.js"></script></head><body></body></html>'
SCRIPT = b"console.log('" + b"x" * 3000 + b"')"
HTML = {"accept": "text/html,*/*;q=0.8"}


def put(places: Places, name: str = "assets/index-abc.js", content: bytes = SCRIPT, page: bytes = PAGE) -> None:
    """Write a built console with one script, as a build does: the record last."""
    target = places.dist / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    Path(f"{target}.br").write_bytes(brotli.compress(content))
    Path(f"{target}.gz").write_bytes(gzip.compress(content))
    (places.dist / "icon.svg").write_bytes(b"<svg/>")
    (places.dist / "index.html").write_bytes(page)
    fresh = places.dist / ".fresh"
    fresh.write_text(json.dumps({"digest": name}))
    fresh.replace(places.record)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Folders of a console that is not built."""
    found = Places(ui=tmp_path / "ui", tools=tmp_path / "tools")
    found.ui.mkdir()
    return found


@pytest.fixture
async def served(make_gateway, places: Places) -> Gateway:
    """A data plane that serves what is in `places`."""
    gateway: Gateway = await make_gateway(admin=True)
    gateway.plane.console = Console(builds=True, places=places)
    return gateway


@pytest.fixture
def built(places: Places) -> Places:
    """The folders, with a console in them."""
    put(places)
    return places


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "console/"),
        ("/console", "console/"),
        ("/console?x=%20", "console/?x=%20"),
        ("/favicon.ico", "console/icon.svg"),
    ],
)
async def test_addresses_beside_it_lead_there(served: Gateway, path: str, target: str) -> None:
    answer = await served.get(path)
    assert (answer.status, answer.headers["location"]) == (302, target)


@pytest.mark.parametrize(
    ("path", "base"),
    [
        ("/console/", "./"), ("/console/keys", "./"), ("/console/keys/", "../"), ("/console/keys/7", "../"),
        ("/console/models/a/b/c", "../../../"), ("/console/models/gpt-4.1", "../"),
    ],
)  # fmt: skip
async def test_the_page_knows_its_place_from_its_own_address(
    served: Gateway, built: Places, path: str, base: str
) -> None:
    answer = await served.get(path, HTML)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert re.findall(rb"<base href=\"([^\"]*)\">", answer.body) == [base.encode()]


async def test_headers_of_the_page(served: Gateway, built: Places) -> None:
    answer = await served.get("/console/")
    rules = dict(rule.split(" ", 1) for rule in answer.headers["content-security-policy"].split("; "))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in rules["script-src"]
    assert (rules["connect-src"], rules["frame-ancestors"]) == ("'self'", "'none'")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"
    again = await served.get("/console/", {"if-none-match": f'"x", W/{answer.headers["etag"]}'})
    assert (again.status, again.body) == (304, b"")
    other = await served.get("/console/keys/7", {"if-none-match": answer.headers["etag"]})
    assert other.status == 200, "deeper, the page is another one"


def test_scripts_within_the_page_are_named_by_their_hash() -> None:
    found = policy(b"<script>go()</script><script src=x.js></script>").decode()
    assert found.count("'sha256-") == 1
    assert "sha256" not in policy(PAGE).decode()


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("identity", None),
        (None, None),
    ],
)
@pytest.mark.parametrize("path", ["/console/assets/index-abc.js", "/console/"])
async def test_precompressed(
    served: Gateway, built: Places, path: str, accepted: str | None, encoding: str | None
) -> None:
    answer = await served.get(path, {"accept-encoding": accepted} if accepted else {})
    assert (answer.status, answer.headers.get("content-encoding")) == (200, encoding)
    assert answer.headers["vary"] == "accept-encoding"
    unpacked = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding](answer.body)
    assert unpacked == (SCRIPT if "assets" in path else PAGE.replace(b'"/console/"', b'"./"'))


async def test_assets_are_for_ever_and_missing_ones_are_no_page(served: Gateway, built: Places) -> None:
    answer = await served.get("/console/assets/index-abc.js")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/javascript")
    head = await served.get("/console/assets/index-abc.js", method="HEAD")
    assert (head.status, head.headers["content-length"]) == (200, str(len(SCRIPT)))
    for path in (
        "/console/assets/index-old.js", "/console/assets/", "/console/assets/../index.html", "/console/x.js",
        "/console/BUILD.json", "/console/index.html.br", "/console/" + "a/" * 30, "/console/assets/index-abc.js.br%00",
        "/console/..%2f..%2fplaces.py", "/console/../../../../etc/passwd.txt",
    ):  # fmt: skip
        assert (await served.get(path, {"accept": "*/*"})).status == 404, path
    assert (await served.get("/console/icon.svg")).headers["cache-control"] == "no-cache"


async def test_only_reading(served: Gateway, built: Places) -> None:
    for path in ("/", "/console/", "/console/assets/index-abc.js"):
        answer = await served.get(path, method="POST")
        assert (answer.status, answer.headers["allow"]) == (405, "GET")


async def test_without_admin_there_is_no_console(make_gateway) -> None:
    gateway = await make_gateway(admin=False)
    assert (await gateway.get("/console/")).status == 404


async def test_a_new_build_is_served_without_a_restart(served: Gateway, built: Places, monkeypatch) -> None:
    monkeypatch.setattr("deployments.console_files.LOOK_S", 0.0)
    assert (await served.get("/console/assets/index-abc.js")).status == 200
    put(built, "assets/index-new.js", page=PAGE.replace(b"a.js", b"b.js"))
    assert b"b.js" in (await served.get("/console/")).body
    assert (await served.get("/console/assets/index-new.js")).status == 200
    assert (await served.get("/console/assets/index-abc.js")).status == 200, "what an open page still asks for"


async def test_looks_for_a_new_build_at_most_once_a_second(built: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("deployments.console_files.time", SimpleNamespace(monotonic=lambda: now))
    files = Files(built.dist)
    assert await files.look()
    put(built, page=PAGE.replace(b"a.js", b"b.js"))
    now += 0.99
    assert await files.look()
    assert LOOK_S == 1.0
    page = files.page(0, set())
    assert page is not None
    assert b"a.js" in page.content
    now += 0.02
    assert await files.look()
    page = files.page(0, set())
    assert page is not None
    assert b"b.js" in page.content


# ------------------------------------------------------------------------------------------ before there is a console


async def wait(served: Gateway, language: str = "en") -> Answer:
    """The page of somebody who visits."""
    answer = await served.get("/console/keys", HTML | {"accept-language": language})
    assert answer.status == 503
    assert "script" not in answer.body.decode()
    assert answer.headers["cache-control"] == "no-store"
    return answer


async def test_while_it_is_built_a_page_says_how_far_it_is(
    served: Gateway, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr("admin.console.state.time", SimpleNamespace(time=lambda: now))
    answer = await wait(served)
    assert (answer.headers["refresh"], answer.headers["content-language"]) == ("2", "en")
    state.write(places, State("running", "packages", pid=os.getpid(), started_at=now - 7.5))
    answer = await wait(served)
    assert "7 s so far" in answer.body.decode()
    assert re.findall(r"<li class=(\w+)", answer.body.decode()) == ["done", "now"]
    assert (await served.get("/console/assets/x.js", {"accept": "*/*"})).status == 404


async def test_a_build_that_failed_says_why_and_what_to_do(served: Gateway, places: Places) -> None:
    state.write(places, State("failed", "packages", "unreachable", "ENOTFOUND", 1, time.time(), time.time()))
    answer = await wait(served, "fr-CA,fr;q=0.9,en;q=0.8")
    assert (answer.headers["refresh"], answer.headers["content-language"]) == ("10", "fr")
    assert "Le registre de paquets est injoignable." in answer.body.decode()
    assert "ENOTFOUND" in answer.body.decode()
    assert "gateway console build" in answer.body.decode()


async def test_a_build_whose_process_is_gone_was_interrupted(served: Gateway, places: Places) -> None:
    state.write(places, State("running", "compile", pid=2**22 + 1, started_at=time.time()))
    assert "The build was interrupted." in (await wait(served)).body.decode()


async def test_nobody_builds_it(served: Gateway, places: Places) -> None:
    served.plane.console = Console(builds=False, places=places)
    assert "The console is not built" in (await wait(served)).body.decode()
    put(places)
    served.plane.console = Console(builds=False, places=places)
    assert (await served.get("/console/")).status == 200


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"), ("*", "en"), ("de", "en"), ("ja", "ja"), ("de,fr;q=0.1", "fr"), ("zh", "zh-CN"), ("zh-HK", "zh-TW"),
        ("zh-Hant-CN,zh", "zh-TW"), ("en;q=0.2,zh-SG;q=0.3", "zh-CN"), ("fr;q=0,ja;q=0.1", "ja"), ("fr;q=x,,;;", "en"),
        ("en-GB,ja", "en"),
    ],
)  # fmt: skip
def test_the_language_that_a_browser_likes_best(header: str, language: str) -> None:
    assert preferred(header) == language


def test_the_words_are_there_in_each_language() -> None:
    assert set(WORDS) == {"en", "fr", "ja", "zh-CN", "zh-TW"}
    causes = set(WORDS["en"].causes)
    for language, words in WORDS.items():
        assert set(words.causes) == causes, language
        assert all(words[:-1]), language
        assert "{seconds}" in words.since


def test_encodings_that_are_refused_do_not_count() -> None:
    assert encodings(b"br;q=0, gzip ; q=0.000, deflate") & {"br", "gzip"} == set()
    assert encodings(b"BR, gzip;q=0.01") >= {"br", "gzip"}


def test_what_failed_is_no_way_into_the_page(places: Places) -> None:
    from deployments.console_page import Waiting

    page = building(Waiting(State("failed", "node", "other", "<script>"), builds=True), "en")
    assert b"<script>" not in page.body
