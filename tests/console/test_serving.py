"""The built console as a browser gets it: below another path, before it is built, without a package registry."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import expect

from admin.console import build, digest, state
from admin.console.places import HERE, Places
from admin.console.state import State
from admin.console.tool import BuildError
from deployments.console_page import Waiting, building
from deployments.console_words import WORDS
from tests.console.site import RUNNING, Site
from tests.console.visit import THEMES, Visits

PREFIX = "/gw/llm"


@contextmanager
def proxied(site: Site) -> Iterator[str]:
    """The address of a proxy that serves the gateway below PREFIX and takes the prefix away, as most do."""

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:  # the library's name
            self._pass()

        def do_POST(self) -> None:  # the library's name
            self._pass()

        def _pass(self) -> None:
            if not self.path.startswith(PREFIX + "/"):
                self.send_error(404)
                return
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {
                name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")
            }
            url = site.url + self.path.removeprefix(PREFIX)
            with httpx.stream(
                self.command, url, headers=headers, content=body, timeout=30.0, trust_env=False
            ) as answer:
                content = b"".join(answer.iter_raw())
                self.send_response(answer.status_code)
                for name, value in answer.headers.multi_items():
                    if name not in ("content-length", "transfer-encoding", "connection", "date"):
                        self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            return

    client = httpx.Client(timeout=30.0, trust_env=False)
    with client, ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{PREFIX}"
        finally:
            server.shutdown()


def test_below_another_path(console: Visits, site: Site) -> None:
    with proxied(site) as url:
        page = console(None, url=url)
        page.goto(url + "/")
        console.settle(page)
        assert urlsplit(page.url).path.startswith(f"{PREFIX}/console/")
        console.open(page, "appearance")
        expect(page.locator("main")).to_be_visible()
        console.go(page, "announcements?sort=-id")
        page.reload()
        console.settle(page)
        assert urlsplit(page.url).path == f"{PREFIX}/console/announcements"
        asked = page.evaluate("performance.getEntriesByType('resource').map(one => new URL(one.name).pathname)")
        assert asked
        assert all(path.startswith(f"{PREFIX}/") for path in asked), asked
        console.close()


def test_what_was_built_is_not_built_again(site: Site) -> None:
    if RUNNING in os.environ:
        pytest.skip("the console of a gateway that runs already may be an older one")
    assert digest.is_fresh(HERE), "a build writes into its own sources"


def test_everything_is_compressed_and_kept(site: Site) -> None:
    accepts = {"accept-encoding": "br"}
    with httpx.Client(base_url=site.console, headers=accepts, timeout=30.0, trust_env=False) as client:
        page = client.get("./")
        names = [part.split('"')[0] for part in page.text.split('"./assets/')[1:]]
        assert names
        for name in names:
            answer = client.get(f"assets/{name}")
            small = len(answer.content) < 1024
            assert small or answer.headers["content-encoding"] == "br", name
            assert "immutable" in answer.headers["cache-control"], name
        assert client.get(f"assets/{names[0]}.old.js").status_code == 404


def test_scripts_from_elsewhere_do_not_run(console: Visits) -> None:
    page = console("login", user=None)
    console.problems.clear()
    page.evaluate(
        "() => { const one = document.createElement('script'); one.textContent = 'window.ran = 1';"
        " document.head.append(one); }"
    )
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in problem for problem in console.problems)
    console.problems.clear()


# ------------------------------------------------------------------------------------------ before there is a console


WAITING = {
    "building": State("running", "packages", pid=os.getpid(), started_at=time.time() - 12),
    "failed": State("failed", "packages", "unreachable", "ENOTFOUND", 1, time.time() - 20, time.time()),
    "absent": None,
}


@pytest.mark.parametrize("kind", WAITING)
def test_the_page_before_it_is_built(console: Visits, kind: str) -> None:
    for theme in THEMES:
        page = console(None, user=None, theme=theme, width=390)
        for locale in WORDS:
            body = building(Waiting(WAITING[kind], builds=kind != "absent"), locale).body.decode()
            page.set_content(body)
            console.fits(page)
            if locale in ("en", "ja"):
                console.axe(page)
                console.shot(page, f"waiting-{kind}-{locale}-{theme}")
    console.close()


@pytest.fixture
def copy(tmp_path: Path) -> Places:
    """The console's sources without packages."""
    ui = tmp_path / "ui"
    shutil.copytree(HERE.ui, ui, ignore=shutil.ignore_patterns("node_modules", "dist", ".build"))
    return Places(ui=ui, tools=HERE.tools, requirements=HERE.requirements)


def test_a_registry_that_is_away_is_noticed_within_seconds(copy: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(copy.ui.parent / "cache"))
    began = time.monotonic()
    with pytest.raises(BuildError) as caught:
        build.build(copy, say=lambda _text: None)
    # npm's own pauses between its tries are 70 s; here it takes seconds, most of them for npm to load itself.
    assert time.monotonic() - began < 60.0
    assert (caught.value.cause, caught.value.code) == ("unreachable", "ECONNREFUSED")
    last = state.read(copy)
    assert last is not None
    assert (last.outcome, last.step) == ("failed", "packages")
