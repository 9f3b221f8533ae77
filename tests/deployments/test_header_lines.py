"""What a client writes begins no line in the head of its answer, and none in what is recorded."""

from typing import Any

from tests.deployments.asks import ask
from tests.deployments.gateway import Gateway


async def test_a_field_of_any_name_begins_no_header(spoken: Gateway) -> None:
    odd: dict[str, Any] = {"x\r\nset-cookie: a=b\r\n\r\n": 1, "\x00\x1b": 2}
    answer = await ask(spoken, "chat", "x-messages", **odd)
    assert answer.status == 200
    assert "set-cookie" not in answer.headers
    assert answer.headers["x-gateway-losses"] == "??,x??set-cookie: a=b????"
    record = await spoken.record()
    assert record.losses.isprintable()
