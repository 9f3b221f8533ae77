"""Owns the real things of the end-to-end tests: the mock upstream, a shared gateway, gateways of one test."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.instance import ROOT, Instance

MakeInstance = Callable[..., Instance]

DRAIN_S = 7.0
"""drain_s of the gateways that are stopped with streams open."""


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker of the one test after which the shared gateway is gone."""
    config.addinivalue_line("markers", "ends_the_shared_gateway: runs last of its users")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is end to end, and may wait for a start on a busy machine."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(400))
    # The users of the shared gateway first and the test that ends it last of them: an idle one would slow the others.
    items.sort(key=lambda item: _place(item) if here in item.path.parents else -1)


def _place(item: pytest.Item) -> int:
    if "ends_the_shared_gateway" in item.keywords:
        return 1
    return 0 if "gateway" in getattr(item, "fixturenames", ()) else 2


@pytest.fixture(scope="session")
def upstream() -> Iterator[str]:
    """Base URL of the mock upstream, a process of its own. The model name chooses what it does."""
    command = [sys.executable, "-m", "benchmarks.mock_upstream", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def _instances(pick_port: Callable[[], int]) -> Iterator[tuple[MakeInstance, list[Instance]]]:
    made: list[Instance] = []
    folder = Path(tempfile.mkdtemp(prefix="gateway-e2e-"))

    def make(settings: dict[str, object] | None = None, *, by_hand: bool = False) -> Instance:
        instance = Instance(folder / str(len(made)), pick_port(), settings, by_hand=by_hand)
        made.append(instance)
        return instance

    try:
        yield make, made
    finally:
        for instance in made:
            instance.close()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def make_instance(_instances: tuple[MakeInstance, list[Instance]]) -> Iterator[MakeInstance]:
    """A function that makes (not starts) a gateway of this test; killed afterwards, whatever happens."""
    make, made = _instances
    mine = len(made)
    yield make
    for instance in made[mine:]:
        instance.close()


@pytest.fixture(scope="module")
def make_module_instance(_instances: tuple[MakeInstance, list[Instance]]) -> Iterator[MakeInstance]:
    """As make_instance, for all tests of a file."""
    make, _ = _instances
    own: list[Instance] = []

    def note(settings: dict[str, object] | None = None, *, by_hand: bool = False) -> Instance:
        own.append(make(settings, by_hand=by_hand))
        return own[-1]

    yield note
    for instance in own:
        instance.close()


@pytest.fixture(scope="session")
def gateway(_instances: tuple[MakeInstance, list[Instance]], upstream: str) -> Instance:
    """The shared gateway, with a channel `mock` for the models mock-*; put back what you change."""
    make, _ = _instances
    instance = make({"timeouts": {"drain_s": DRAIN_S}})
    instance.start()
    instance.add_channel("mock", upstream, {"mock-*": ""}, priority=1)
    return instance


@pytest.fixture(scope="session")
def key(gateway: Instance) -> str:
    """A key of the shared gateway for everything."""
    return gateway.add_key("everything")


@pytest.fixture(scope="session")
def plain(gateway: Instance) -> Iterator[httpx.Client]:
    """An HTTP client of the shared gateway without a key."""
    with httpx.Client(base_url=gateway.url, timeout=30.0, trust_env=False) as client:
        yield client
