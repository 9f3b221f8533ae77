"""Schemathesis on the whole API, over HTTP: no 5xx, and every answer is what the OpenAPI document promises."""

import asyncio
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import one_of
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from admin.services import ProbeResult
from storage import crypto
from storage.database import open_engine, session_factory
from storage.repositories import admin_tokens
from tests.admin.routes import explaining
from tests.admin.services import application, make_services, openapi_document

TOKEN = "gwa-" + "t" * 43
DOCUMENT = openapi_document()
schema = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = [(method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in item]


class _Thread(threading.Thread):
    """The application on a port of its own, in a loop of its own."""

    def __init__(self, database: Path) -> None:
        super().__init__(daemon=True)
        self._database = database
        self.ready = threading.Event()
        self.url = ""
        self.server: uvicorn.Server | None = None

    def run(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        engine = open_engine(f"sqlite:///{self._database}")
        sessions = session_factory(engine)
        async with sessions.begin() as session:
            await admin_tokens.create(session, crypto.digest(TOKEN), "first")

        async def probe(channel_id: int, model: str, stream: bool, **_more: Any) -> ProbeResult:
            return ProbeResult(True, 200, 1.0, 1.0, model)

        services = make_services(sessions, crypto.SecretBox(b"k" * 32), probe=probe, explain_route=explaining(sessions))
        # No logging of its own: it would stay set for the tests that come after.
        app = application(services, "schemathesis")
        config = uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off")
        self.server = uvicorn.Server(config)
        serving = asyncio.get_running_loop().create_task(self.server.serve())
        while not self.server.started:  # noqa: ASYNC110  # uvicorn offers no event
            await asyncio.sleep(0.01)
        self.url = f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"
        self.ready.set()
        await serving
        await engine.dispose()


@pytest.fixture(scope="module")
def address(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the application listens."""
    thread = _Thread(Path(shutil.copy(migrated_file, tmp_path_factory.mktemp("schemathesis") / "gateway.db")))
    thread.start()
    assert thread.ready.wait(120)
    yield thread.url
    assert thread.server is not None
    thread.server.should_exit = True
    thread.join(60)


# Not schema.parametrize(): it gives all operations one node id, of which xdist runs one, and makes every worker build
# the tests of all operations before the first one runs.
@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=[f"{method} {path}" for method, path in OPERATIONS])
def test_every_operation(method: str, path: str, address: str) -> None:
    operation = schema[path][method]

    @settings(
        max_examples=4,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=one_of(*operation.get_strategies_from_examples(), operation.as_strategy()))
    def ask(case: Any) -> None:
        case.call_and_validate(
            base_url=address,
            headers={"authorization": f"Bearer {TOKEN}"},
            allow_redirects=False,
            timeout=60,
            checks=[
                not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
            ],
        )  # fmt: skip

    ask()
