"""The Ingress deployment without Ray: when the Router counts it."""

import asyncio
import gc
import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from deployments import link
from deployments.ingress import Ingress
from deployments.messages import decode_report
from deployments.router import Router
from deployments.settings import Settings
from tests.deployments.test_router import start
from tests.stopwatch import Stopwatch


class Quiet(Ingress):
    """Serve awaits `__del__`, Python does not."""

    def __del__(self) -> None:  # type: ignore[override]
        pass


async def accepts(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


@pytest.mark.usefixtures("_process_as_it_was", "unsettled")
async def test_it_counts_as_soon_as_it_listens_and_not_before(
    tmp_path: Path, empty_database: Path, pick_port: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "POLL_S", 60.0)
    shutil.copy(empty_database, tmp_path / "gateway.db")
    settings = Settings(data=str(tmp_path), port=pick_port())
    router = await start(settings)
    kinds: list[tuple[str, bool]] = []

    async def sync(data: bytes) -> bytes:
        report = decode_report(data)
        kinds.append((report.kind, await accepts(settings.port)))
        return await router.sync(data)

    handle = SimpleNamespace(sync=SimpleNamespace(remote=sync))
    ingress = Quiet.__new__(Quiet)
    await Ingress.__init__(ingress, settings.model_dump(), handle)
    watch = Stopwatch()
    while b"gateway_replicas 1.0" not in await router.scrape():
        assert watch.s < 1.0, "sooner than the poll that is under way ends"
        await asyncio.sleep(0.01)
    await Ingress.__del__(ingress)
    assert kinds[0] == ("ingress:starting", False)
    assert ("ingress", True) in kinds
    assert ("ingress", False) not in kinds[:-1]
    assert b"gateway_replicas 0.0" in await router.scrape()
    await Router.__del__(router)


@pytest.fixture
def _process_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a replica does to its own process (collector, logging) is not for this one."""
    monkeypatch.setattr(gc, "freeze", lambda: None)
    monkeypatch.setattr(gc, "set_threshold", lambda *_: None)
    monkeypatch.setattr("deployments.ingress.configure", lambda _: logging.getLogger("gateway"))
