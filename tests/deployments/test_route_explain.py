"""What is said of a request before it is sent: order, shares, plans, edits, and what is left out."""

from typing import Any

import pytest

from deployments.route_explain import Asking, explained
from deployments.settings import Timeouts
from storage.models import Channel, Key


def channel(number: int, provider: str = "openai", **fields: Any) -> Channel:
    usual: dict[str, Any] = {
        "id": number, "name": f"c{number}", "provider": provider, "base_url": "", "models": {"fast": "gpt-5-nano"},
        "headers": {}, "settings": {}, "priority": 0, "weight": 1, "enabled": True,
    }  # fmt: skip
    return Channel(**{**usual, **fields})


def ask(*rows: Channel, key: Key | None = None, model: str = "fast", **asking: Any) -> dict[str, Any]:
    return explained(rows, Timeouts(), Asking(model, **asking), key)


def test_candidates_come_in_the_order_in_which_they_are_tried() -> None:
    found = ask(
        channel(1, weight=1),
        channel(2, weight=3),
        channel(3, priority=-5),
        channel(4, weight=0),
        channel(5, enabled=False),
        channel(6, models={"other": ""}),
        channel(7, models={"fa*": ""}, priority=-5, weight=0),
    )
    assert [(row["channel"], row["share"]) for row in found["candidates"]] == [
        ("c2", 0.75), ("c1", 0.25), ("c4", 0.0), ("c3", 0.0), ("c7", 0.0),
    ]  # fmt: skip
    reasons = [row["reason"] for row in found["candidates"]]
    assert reasons[0] == "priority 0, the first that can serve it; weight 3 of 4"
    assert "when no other" in reasons[2]
    assert reasons[3] == "after priority 0; weight 1 of 1"
    assert (found["candidates"][4]["matched"], found["candidates"][4]["upstream_model"]) == ("fa*", "fast")
    assert [(row["after_priority"], row["total_weight"]) for row in found["candidates"]] == [
        (None, 4), (None, 4), (None, 4), (0, 1), (0, 1),
    ]  # fmt: skip
    off = {"channel_id": 5, "channel": "c5", "reason": "is switched off", "code": "off", "detail": ""}
    assert found["others"] == [off]
    assert found["refused"] == ""


def test_plans_and_edits() -> None:
    found = ask(channel(1), channel(2, "anthropic", priority=1), stream=True)
    other, own = found["candidates"]
    assert (own["kind"], own["url"]) == ("passthrough", "https://api.openai.com/v1/chat/completions")
    assert own["edits"] == [
        "the client's bytes go through",
        "model: fast becomes gpt-5-nano",
        "stream_options.include_usage is asked for, and taken out again for a client that did not",
    ]
    assert (own["asks_usage"], other["asks_usage"], "chat" in own["speaks"]) == (True, False, True)
    assert (other["plan"], other["upstream_protocol"]) == ("chat to messages", "messages")
    assert ask(channel(1), protocol="responses")["candidates"][0]["kind"] == "passthrough"


def test_what_cannot_serve_it() -> None:
    found = ask(channel(1, "anthropic", priority=3), channel(2), operation="embeddings")
    first, second = found["candidates"]
    assert (first["usable"], first["plan"], first["share"]) == (False, "", 0.0)
    assert first["reason"].startswith("cannot be used for embeddings by a client of chat: it speaks")
    assert (second["usable"], second["share"]) == (True, 1.0)
    assert second["reason"].startswith("priority 0, the first that can serve it")


def test_keys_and_names() -> None:
    key = Key(name="mine", models=["slow"], strict=True)
    found = ask(channel(1), key=key)
    assert (found["key"], found["strict"], found["candidates"]) == ("mine", True, [])
    assert "may not use the model 'fast'" in found["refused"]
    assert "does not exist" in ask(channel(1), model="nothing")["refused"]
    suffixed = ask(channel(1, models={"gpt-5": ""}), model="gpt-5-high")
    assert (suffixed["base_model"], suffixed["suffix"]) == ("gpt-5", "high")
    assert "model: gpt-5-high becomes gpt-5" in suffixed["candidates"][0]["edits"]


def test_rules_of_a_channel_are_named() -> None:
    ruled = channel(1, settings={"system_prompt": {"text": "Be brief."}})
    (only,) = ask(ruled)["candidates"]
    assert "system_prompt of the channel" in only["edits"]
    assert only["rules"] == ["system_prompt"]
    wrong = ask(channel(1), channel(2, settings={"param_override": [{"mode": "dance"}]}))
    assert [row["channel"] for row in wrong["candidates"]] == ["c1"]
    assert "cannot be followed" in wrong["others"][0]["reason"]
    assert wrong["others"][0]["code"] == "settings"
    assert "must be one of" in wrong["others"][0]["detail"]


@pytest.mark.parametrize("weights", [(0, 0), (0,)])
def test_without_weights_any_of_them(weights: tuple[int, ...]) -> None:
    found = ask(*(channel(number, weight=weight) for number, weight in enumerate(weights, 1)))
    assert {row["share"] for row in found["candidates"]} == {1 / len(weights)}
    assert "any of them" in found["candidates"][0]["reason"]
