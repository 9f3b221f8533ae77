"""Starts that cannot succeed: one clear sentence, a code other than 0, soon, and nothing left behind."""

import socket
import time
from collections.abc import Iterator

import pytest

from tests.integration.conftest import MakeInstance
from tests.integration.instance import Instance, eventually

REFUSED_S = 90.0
"""Bound on a refusal before Ray is started; on a quiet machine 3 s, most of it the import of what checks settings."""


@pytest.fixture
def taken() -> Iterator[int]:
    """A port of 127.0.0.1 on which this process listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def refusal(instance: Instance, within_s: float = REFUSED_S) -> str:
    """What a start that must fail says."""
    began = time.monotonic()
    instance.launch()
    code, _ = instance.wait(within_s)
    print(f"\nexit {code} after {time.monotonic() - began:.1f} s:\n{instance.log()[-1500:]}")
    assert code != 0
    assert eventually(instance.left, lambda left: not left, 30) == []
    return instance.log()


def test_a_taken_port_is_named_with_what_to_do(make_instance: MakeInstance, taken: int):
    instance = make_instance()
    instance.port = taken
    said = refusal(instance)
    assert f"Port {taken}" in said
    assert f"make serve PORT={taken + 1}" in said
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) <= 3


def test_another_run_is_named_by_the_process_to_end(make_instance: MakeInstance, gateway: Instance):
    instance = make_instance()
    instance.port = gateway.port
    said = refusal(instance)
    assert "held by another run of this gateway" in said
    assert f"kill {gateway.process.pid} " in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"max_attempts": 0}, ("max_attempts", "0", "greater than or equal to 1")),
        ({"timeouts": {"drain_s": 900}}, ("timeouts.drain_s", "900", "less than or equal to 25")),
        ({"ingress": {"min_replicas": 5, "max_replicas": 2}}, ("ingress", "min_replicas (5)", "max_replicas (2)")),
        ({"prot": 1}, ("unknown setting 'prot'",)),
        ({"adapters": {"nobody": {"placement": "pool"}}}, ("adapters", "nobody", "openai")),
        ({"database_url": "mongodb://x"}, ("database_url", "mongodb://x", "postgresql://")),
    ],
)
def test_a_wrong_setting_is_named(make_instance: MakeInstance, settings: dict[str, object], words: tuple[str, ...]):
    said = refusal(make_instance(settings))
    for word in words:
        assert word in said
    assert "Traceback" not in said


def test_a_data_directory_that_cannot_be_made(make_instance: MakeInstance):
    instance = make_instance()
    instance.data.write_text("a file")
    said = refusal(instance)
    assert f"data directory {instance.data}" in said
    assert "make serve DATA=" in said
    assert "Traceback" not in said


def test_a_database_that_is_away(make_instance: MakeInstance, free_port: int):
    instance = make_instance({"database_url": f"postgresql://nobody:hidden@127.0.0.1:{free_port}/gateway"})
    said = refusal(instance, 150)
    assert "Traceback" not in said
    assert "hidden" not in said
    assert f"The database postgresql+asyncpg://nobody:***@127.0.0.1:{free_port}/gateway cannot be used" in said
    assert "GATEWAY_DATABASE_URL" in said


def test_a_wrong_setting_ends_serve_run_by_hand(make_instance: MakeInstance):
    instance = make_instance({"max_attempts": 0}, by_hand=True)
    began = time.monotonic()
    instance.launch()
    code, _ = instance.wait(200)
    print(f"\n`serve run`: exit {code} after {time.monotonic() - began:.1f} s")
    assert "setting 'max_attempts' is 0" in instance.log()
    assert instance.nothing_left() == ""
    assert code != 0
