"""Safety rules in the data plane: requests, answers and streams of every protocol, passed through and converted."""

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from adapters.safety.texts import UnreadableError
from deployments import safety, safety_hooks
from storage.models import SafetyRule
from storage.repositories import safety_rules
from tests.deployments import speakers
from tests.deployments.asks import PROTOCOLS, ask, events, said
from tests.deployments.client import Answer
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Call, Upstream

Make = Callable[..., Awaitable[Gateway]]


def text_of(protocol: str, answer: Answer, *, stream: bool) -> str:
    """What is said in an answer."""
    if not stream:
        return said(protocol, answer.json)[0]
    found = events(answer.body)
    if protocol == "chat":
        return "".join(c["delta"].get("content") or "" for event in found for c in event["choices"])
    if protocol == "responses":
        return "".join(event["delta"] for event in found if event["type"] == "response.output_text.delta")
    if protocol == "messages":
        return "".join(event["delta"].get("text", "") for event in found if event["type"] == "content_block_delta")
    parts = [part for event in found for c in event["candidates"] for part in c.get("content", {}).get("parts", [])]
    return "".join(part.get("text", "") for part in parts if not part.get("thought"))


async def add_rule(gateway: Gateway, name: str, kind: str, action: str, secret: str = "", **terms: Any) -> None:
    sealed = gateway.box.seal(secret, f"safety:{name}") if secret else None
    terms = {"stages": ["input", "output"], **({"timeout_s": 60.0} if kind == "webhook" else {}), **terms}
    async with gateway.sessions.begin() as session:
        await safety_rules.create(
            session, SafetyRule(name=name, kind=kind, action=action, terms=terms, secret=sealed, position=1)
        )
    await gateway.push()


@pytest.fixture
async def speaking(gateway: Gateway, upstream: Upstream) -> Gateway:
    upstream.behave = speakers.speaks
    for protocol in PROTOCOLS:
        await gateway.add_channel(
            f"c-{protocol}", upstream.url, models={f"m-{protocol}": "up-model"}, settings={"protocols": [protocol]}
        )
    return gateway


async def test_nothing_is_paid_without_rules(speaking: Gateway, upstream: Upstream) -> None:
    assert speaking.replica.safety is None
    await add_rule(speaking, "elsewhere", "words", "block", words=["hi"], models=["other-*"])
    answer = await ask(speaking, "chat", "m-chat")
    assert answer.status == 200
    assert (await speaking.record()).plan == "passthrough"


@pytest.mark.parametrize("client", PROTOCOLS)
@pytest.mark.parametrize("spoken", PROTOCOLS)
async def test_masks_in_requests_answers_and_streams(
    speaking: Gateway, upstream: Upstream, client: str, spoken: str
) -> None:
    await add_rule(speaking, "names", "words", "mask", words=["hi", "lo, wö"], mask="<{rule}>")
    for stream in (False, True):
        upstream.calls.clear()
        answer = await ask(speaking, client, f"m-{spoken}", stream=stream)
        assert answer.status == 200, answer.body
        assert b'"<names>"' in upstream.calls[0].body
        assert text_of(client, answer, stream=stream) == "Hel<names>rld 🌍"
    record = (await speaking.records(2))[-1]
    assert record.plan.endswith("safety: mask names 2")
    assert (record.end, record.usage_source, record.output_tokens) == ("complete", "upstream", 4)


@pytest.mark.parametrize("client", PROTOCOLS)
@pytest.mark.parametrize("spoken", PROTOCOLS)
async def test_arguments_of_tool_calls_are_looked_at(speaking: Gateway, client: str, spoken: str) -> None:
    await add_rule(speaking, "places", "words", "mask", words=["paris"], mask="*somewhere*", stages=["output"])
    for stream in (False, True):
        answer = await ask(speaking, client, f"m-{spoken}", stream=stream, tools=True)
        assert answer.status == 200, answer.body
        assert b"*somewhere*" in answer.body
        assert b"Par" not in answer.body
        if not stream:
            assert said(client, answer.json)[1] == [("weather", {"city": "*somewhere*"})]
    assert (await speaking.records(2))[-1].plan.endswith("safety: mask places 1")
    await add_rule(speaking, "stop", "words", "block", words=["paris"], message="Enough.", stages=["output"])
    for stream in (False, True):
        answer = await ask(speaking, client, f"m-{spoken}", stream=stream, tools=True)
        assert text_of(client, answer, stream=stream) == "Enough."
        assert not [each for each in (b"Par", b'"arguments"', b'"args"', b"tool_use") if each in answer.body]


@pytest.mark.parametrize("client", PROTOCOLS)
async def test_a_blocked_request_reaches_nobody(speaking: Gateway, upstream: Upstream, client: str) -> None:
    await add_rule(speaking, "stop", "words", "block", words=["HI"], message="Not about this.", stages=["input"])
    answer = await ask(speaking, client, f"m-{client}")
    assert (answer.status, len(upstream.calls)) == (400, 0)
    assert "Not about this." in answer.body.decode()
    record = await speaking.record()
    assert (record.status, record.error, record.cost) == (400, "content_blocked", 0)
    assert record.plan == "safety: block stop 1"


@pytest.mark.parametrize("client", PROTOCOLS)
@pytest.mark.parametrize("stream", [False, True])
async def test_a_blocked_answer_ends_as_the_protocol_knows(
    speaking: Gateway, upstream: Upstream, client: str, stream: bool
) -> None:
    await add_rule(speaking, "stop", "words", "block", words=["lo, w"], message="Enough.", stages=["output"])
    answer = await ask(speaking, client, f"m-{client}", stream=stream)
    assert answer.status == 200
    text = text_of(client, answer, stream=stream)
    assert text == ("HelEnough." if stream else "Enough.")
    word = {"chat": "content_filter", "responses": "content_filter", "messages": "refusal", "gemini": "SAFETY"}[client]
    assert word in answer.body.decode()
    record = await speaking.record()
    assert record.end == "complete"
    assert record.output_tokens > 0
    assert "safety: block stop 1" in record.plan
    counted = speaking.replica.telemetry.counters["gateway_safety_findings_total"]
    assert counted == {("stop", "block"): 1}


async def test_a_blocked_stream_leaves_the_provider(speaking: Gateway, upstream: Upstream) -> None:
    gone = asyncio.Event()

    async def endless(call: Call) -> None:
        await call.begin()
        try:
            while True:
                await call.chunk(b'data: {"choices":[{"index":0,"delta":{"content":"bad news "}}]}\n\n')
                await asyncio.sleep(0.005)
        finally:
            gone.set()

    upstream.behave = endless
    await add_rule(speaking, "stop", "words", "block", words=["news bad"], stages=["output"])
    answer = await asyncio.wait_for(ask(speaking, "chat", "m-chat", stream=True), 30)
    assert answer.body.endswith(b"data: [DONE]\n\n")
    await asyncio.wait_for(gone.wait(), 20)


async def test_legacy_completions_and_embeddings(speaking: Gateway, upstream: Upstream) -> None:
    await add_rule(speaking, "names", "words", "mask", words=["hi", "secret"], mask="*")
    answer = await speaking.post({"model": "m-chat", "input": ["hi", "ho"]}, "/v1/embeddings")
    assert answer.status == 200
    assert upstream.calls[-1].json["input"] == ["*", "ho"]
    choice = b'{"index":0,"text":"a %s b","finish_reason":%s}'
    event = b'{"id":"c","object":"text_completion","created":1,"model":"m","choices":[' + choice + b"]}"

    async def completes(call: Call) -> None:
        if not call.json.get("stream"):
            await call.answer(200, event % (b"secret", b'"stop"'))
            return
        await call.begin()
        for piece in (event % (b"sec", b"null"), (event % (b"ret", b'"stop"')).replace(b"a ", b"")):
            await call.chunk(b"data: " + piece.replace(b"sec b", b"sec") + b"\n\n")
        await call.chunk(b"data: [DONE]\n\n")
        await call.end()

    upstream.behave = completes
    body = {"model": "m-chat", "prompt": "hi"}
    answer = await speaking.post(msgspec.json.encode(body), "/v1/completions")
    assert (answer.status, answer.json["choices"][0]["text"]) == (200, "a * b")
    assert (answer.json["object"], upstream.calls[-1].json["prompt"]) == ("text_completion", "*")
    answer = await speaking.post(msgspec.json.encode({**body, "stream": True}), "/v1/completions")
    found = events(answer.body)
    assert "".join(choice["text"] for each in found for choice in each["choices"]) == "a * b"
    assert {each["object"] for each in found} == {"text_completion"}


async def test_rules_are_for_groups_keys_and_models(speaking: Gateway) -> None:
    key = await speaking.add_key("watched")
    await add_rule(speaking, "k", "words", "block", words=["hi"], key_ids=[3], stages=["input"])
    assert (await speaking.post({"model": "m-chat"})).status == 200
    assert (await speaking.post({"model": "m-chat"}, key=key)).status == 400
    async with speaking.sessions.begin() as session:
        rule = await safety_rules.find_by_name(session, "k")
        assert rule is not None
        await safety_rules.update(session, rule, {"terms": {**rule.terms, "key_ids": None, "models": ["m-mess*"]}})
    await speaking.push()
    assert (await speaking.post({"model": "m-chat"}, key=key)).status == 200
    assert (await speaking.post({"model": "m-messages"}, key=key)).status == 400


async def test_a_rule_that_cannot_be_followed_blocks(speaking: Gateway, upstream: Upstream) -> None:
    await add_rule(speaking, "broken", "patterns", "log", patterns=["("], models=["m-chat"])
    assert (await ask(speaking, "chat", "m-chat")).status == 400
    assert (await ask(speaking, "messages", "m-messages")).status == 200


@pytest.mark.parametrize("action", ["block", "mask"])
async def test_a_result_is_read_however_deep(speaking: Gateway, upstream: Upstream, action: str) -> None:
    await add_rule(speaking, "names", "words", action, words=["geheim"], stages=["input"])
    node: Any = "geheim"
    for _ in range(100):
        node = {"content": [node]}
    result = {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "text", "text": "x", "more": node}]}
    body = {"model": "m-messages", "max_tokens": 9, "messages": [{"role": "user", "content": [result]}]}
    answer = await speaking.post(msgspec.json.encode(body), "/v1/messages")
    assert answer.status == (400 if action == "block" else 200)
    assert not any(b"geheim" in call.body for call in upstream.calls)
    assert len(upstream.calls) == (action == "mask")


async def test_what_is_too_deep_to_be_read_goes_nowhere(
    speaking: Gateway, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_rule(speaking, "names", "words", "log", words=["geheim"], stages=["input"])

    def deep(*_: Any) -> None:
        raise UnreadableError

    monkeypatch.setattr(safety, "rewritten", deep)
    answer = await ask(speaking, "chat", "m-chat")
    assert (answer.status, answer.json["error"]["code"], len(upstream.calls)) == (400, "content_blocked", 0)


async def test_a_large_request_holds_nobody_up(speaking: Gateway, upstream: Upstream) -> None:
    await add_rule(speaking, "names", "words", "mask", words=["geheim"], stages=["input"])
    body = {"model": "m-chat", "messages": [{"role": "user", "content": "é geheim " * 150_000}]}
    large = asyncio.ensure_future(speaking.post(msgspec.json.encode(body)))
    turns = 0
    while not large.done():
        await asyncio.sleep(0.005)
        turns += 1
    answer = await large
    assert answer.status == 200, answer.body
    assert b"geheim" not in upstream.calls[0].body
    assert turns > 20, "the loop stood still while the request was looked at (3 turns when it was looked at there)"


class Judge:
    """An outside service on a port of its own."""

    def __init__(self, upstream: Upstream) -> None:
        self.upstream = upstream
        self.said: dict[str, Any] | bytes | Callable[[Any], dict[str, Any]] = {"action": "allow"}
        self.silent = False
        upstream.behave = self.judges

    async def judges(self, call: Call) -> None:
        if self.silent:
            await asyncio.sleep(30)
        said = self.said(call.json) if callable(self.said) else self.said
        await call.answer(200, said if isinstance(said, bytes) else msgspec.json.encode(said))


@pytest.fixture
async def judge() -> Any:
    upstream = Upstream()
    await upstream.start()
    yield Judge(upstream)
    await upstream.stop()


async def test_an_outside_judge(speaking: Gateway, upstream: Upstream, judge: Judge) -> None:
    await add_rule(speaking, "judge", "webhook", "block", secret="s3cret", url=judge.upstream.url + "/check")
    answer = await ask(speaking, "messages", "m-chat", stream=True)
    assert text_of("messages", answer, stream=True) == speakers.TEXT
    asked, told = judge.upstream.calls
    assert (asked.json["stage"], asked.json["texts"], asked.json["key"]["name"]) == ("input", ["hi"], "everything")
    assert (told.json["stage"], told.json["texts"], told.json["request_id"]) == (
        "output", [speakers.TEXT], asked.json["request_id"],
    )  # fmt: skip
    at, _, mac = asked.headers[safety_hooks.SIGNATURE].partition(",")
    signed = hmac.new(b"s3cret", at.removeprefix("t=").encode() + b"." + asked.body, hashlib.sha256).hexdigest()
    assert mac == f"v1={signed}"

    judge.said = {"action": "mask", "texts": ["???"]}
    answer = await ask(speaking, "gemini", "m-messages", stream=True)
    assert text_of("gemini", answer, stream=True) == "???"
    assert b"???" in upstream.calls[-1].body
    judge.said = {"action": "block", "message": "No."}
    answer = await ask(speaking, "chat", "m-chat")
    assert (answer.status, answer.json["error"]["message"]) == (400, "No.")


@pytest.mark.parametrize("said", [b"no JSON", {"action": "mask", "texts": []}, {"action": "dance"}, None])
async def test_a_judge_in_trouble(speaking: Gateway, judge: Judge, said: Any) -> None:
    url = judge.upstream.url
    await add_rule(speaking, "judge", "webhook", "block", url=url, timeout_s=0.3, stages=["input"])
    judge.said, judge.silent = said, said is None
    answer = await ask(speaking, "chat", "m-chat")
    assert (answer.status, answer.json["error"]["code"]) == (503, "safety_away")
    async with speaking.sessions.begin() as session:
        rule = await safety_rules.find_by_name(session, "judge")
        assert rule is not None
        await safety_rules.update(session, rule, {"terms": {**rule.terms, "fail_open": True}})
    await speaking.push()
    assert (await ask(speaking, "chat", "m-chat")).status == 200


@pytest.mark.parametrize("client", PROTOCOLS)
async def test_a_judge_reads_the_arguments_of_tool_calls(speaking: Gateway, judge: Judge, client: str) -> None:
    await add_rule(speaking, "judge", "webhook", "block", url=judge.upstream.url, stages=["output"])
    judge.said = lambda asked: {"action": "mask", "texts": [text.replace("Paris", "Bonn") for text in asked["texts"]]}
    for stream in (False, True):
        answer = await ask(speaking, client, f"m-{client}", stream=stream, tools=True)
        assert "Paris" in judge.upstream.calls[-1].json["texts"]
        assert b"Bonn" in answer.body
        assert b"Par" not in answer.body
    judge.said = {"action": "block", "message": "Enough."}
    for stream in (False, True):
        answer = await ask(speaking, client, f"m-{client}", stream=stream, tools=True)
        assert text_of(client, answer, stream=stream) == "Enough."
        assert not [each for each in (b"Par", b'"arguments"', b'"args"', b"tool_use") if each in answer.body]


async def test_a_judge_reads_the_calls_and_results_of_a_request(
    speaking: Gateway, upstream: Upstream, judge: Judge
) -> None:
    await add_rule(speaking, "judge", "webhook", "block", url=judge.upstream.url, stages=["input"])
    judge.said = lambda asked: {"action": "mask", "texts": [text.replace("Paris", "Bonn") for text in asked["texts"]]}
    call = {"id": "c", "type": "function", "function": {"name": "weather", "arguments": '{"city": "P\\u0061ris"}'}}
    messages = [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": "Paris is wet"},
    ]
    answer = await ask(speaking, "chat", "m-chat", messages=messages)
    assert answer.status == 200
    assert judge.upstream.calls[0].json["texts"] == ["hi", "Paris", "Paris is wet"]
    sent = upstream.calls[0].json["messages"]
    assert sent[1]["tool_calls"][0]["function"] == {"name": "weather", "arguments": '{"city":"Bonn"}'}
    assert sent[2]["content"] == "Bonn is wet"
