"""One gateway with the built console, a mock upstream and things to show, for all tests of this folder.

The console is built first where it is not fresh. Nothing here is told of a page.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from admin.caller import STEP_UP_S
from admin.console.build import build
from tests.console import seed
from tests.integration.instance import ROOT, Instance, eventually

USERS = (seed.ROOT_NAME, "ann", "ben")
"""Who can sign in: an operator, the administrator of an organisation, one of its members."""


START_S = 240.0
HEARD_S = 60.0
"""Bound on what reaches the data plane, or the log, a moment later: 1 to 2 s on a quiet machine."""
RUNNING = "GATEWAY_TEST_SITE"
"""The address of a gateway that runs already and was filled by tests/console/seed.py: for working on pages and tests.

`GATEWAY_ADMIN_TOKEN` is its token. What a test leaves behind there stays.
"""


class Site:
    """A gateway; `seeded` is what seed.seed returned, once it is filled."""

    def __init__(self, url: str, token: str, seeded: dict[str, Any]) -> None:
        self.url = url
        self.seeded = seeded
        self.console = f"{url}/console/"
        self.api = seed.Api(url, token)
        self._sessions: dict[str, tuple[float, str]] = {}

    def cookie(self, user: str) -> str:
        """A session of the user: the one made before, until its second check is about to be over."""
        made, found = self._sessions.get(user, (0.0, ""))
        if not found or time.monotonic() - made > STEP_UP_S / 2:
            body = {"login": user, "password": seed.PASSWORD}
            answer = httpx.post(f"{self.url}/api/v1/login", json=body, timeout=30.0, trust_env=False)
            assert answer.status_code == 200, answer.text
            found = answer.cookies["gateway-session"]
            self._sessions[user] = (time.monotonic(), found)
        return found

    def serves(self, key: str, *models: str) -> None:
        """Wait until a key may call these models: the data plane hears of a channel a moment after it was made."""
        for model in models:
            # Asked for by name: a channel that takes any model is not in the list.
            answer = eventually(lambda model=model: self._model(key, model), lambda one: one.is_success, HEARD_S)  # type: ignore[misc]
            assert answer.is_success, answer.text

    def _model(self, key: str, model: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {key}"}
        return httpx.get(f"{self.url}/v1/models/{model}", headers=headers, timeout=30.0, trust_env=False)


class Bare:
    """A gateway that was just started, with a mock upstream; `setup_link` is what it has printed, "" of one in use."""

    def __init__(
        self, url: str, token: str, data: Path | None = None, upstream: str = "", setup_link: str = ""
    ) -> None:
        self.site = Site(url, token, {})
        self.upstream = upstream
        self.setup_link = setup_link
        self._data = data

    def fill(self, size: seed.Size = seed.SMALL) -> Site:
        """Put something to show into it; a gateway that runs elsewhere has it."""
        if self._data is not None:
            api = self.site.api
            self.site.seeded = seed.seed(self.site.url, api.token, self._data, self.upstream, size)
        return self.site


@contextmanager
def started(folder: Path, port: int) -> Iterator[Bare]:
    """A gateway that nobody has used, until the end of the block."""
    if RUNNING in os.environ:
        bare = Bare(os.environ[RUNNING].rstrip("/"), os.environ["GATEWAY_ADMIN_TOKEN"])
        with bare.site.api.http:
            yield bare
        return
    build(say=lambda _text: None)
    command = [sys.executable, "-m", "benchmarks.mock_upstream", "--port", "0"]
    instance = Instance(folder, port, {"ingress": {"min_replicas": 1, "max_replicas": 1}})
    instance.environ = {"GATEWAY_OPTION_NETWORK__ALLOW": '["127.0.0.0/8"]'}
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as upstream:
        try:
            assert upstream.stdout is not None
            instance.launch()
            address = upstream.stdout.readline().split()[-1]
            instance.await_ready(START_S)
            link = eventually(lambda: re.search(r"http\S+/console/setup#\S+", instance.log()), bool, START_S)
            assert link is not None, instance.log()
            bare = Bare(instance.url, instance.token, instance.data, address, link[0])
            with bare.site.api.http:
                yield bare
        finally:
            instance.close()
            upstream.terminate()
