"""Whole answers, read and written."""

from typing import Any

import msgspec
import pytest
from google.genai import types

from adapters.canonical import ids
from adapters.canonical.blocks import (
    Block,
    Citation,
    Media,
    Opaque,
    Origin,
    Refusal,
    ServerCall,
    ServerResult,
    Text,
    Thinking,
    ToolCall,
)
from adapters.canonical.context import Client
from adapters.canonical.response import Candidate, Finish, Response
from adapters.protocols.gemini import signatures
from adapters.protocols.gemini.read_response import read_response
from adapters.protocols.gemini.write_response import write_response
from adapters.usage import Extra, Usage

OWN, OTHER = Origin("gemini"), Origin("messages", "anthropic")
CLIENT = Client(request_id="req_1", created=5, model="asked", operation="chat")


def read(*parts: Any, more: Any = None, **candidate: Any) -> Response:
    found = {"content": {"parts": list(parts), "role": "model"}, "finishReason": "STOP", "index": 0, **candidate}
    return read_response(msgspec.json.encode({"candidates": [found], "responseId": "r", **(more or {})}))


def write(*blocks: Block, client: Client = CLIENT, **settings: Any) -> Any:
    fields = {"finish": "stop", **settings}
    answer = Response(id="r", model="real", candidates=(Candidate(blocks=blocks, **fields),))
    body = msgspec.json.decode(write_response(answer, client))
    types.GenerateContentResponse.model_validate(body)
    return body["candidates"][0]


def test_an_answer_with_everything() -> None:
    answer = read(
        {"text": "t", "thought": True},
        {"text": "hi"},
        {"text": "", "thoughtSignature": "c2ln"},
        {"functionCall": {"name": "f", "args": {"a": 1}}, "thoughtSignature": "c2ln"},
        more={
            "modelVersion": "gemini-3-pro",
            "createTime": "2026-05-27T16:53:45.443719Z",
            "usageMetadata": {
                "promptTokenCount": 10, "toolUsePromptTokenCount": 5, "cachedContentTokenCount": 4,
                "candidatesTokenCount": 3, "thoughtsTokenCount": 2, "totalTokenCount": 20, "serviceTier": "STANDARD",
                "promptTokensDetails": [{"modality": "IMAGE", "tokenCount": 7}, {"modality": "AUDIO"}],
            },
        },
    )  # fmt: skip
    (candidate,) = answer.candidates
    thought, text, call = candidate.blocks
    assert thought == Thinking("t", origin=OWN)
    assert text == Text("hi", signature="c2ln", origin=OWN)
    assert isinstance(call, ToolCall)
    assert (call.arguments, call.signature, ids.is_made(call.id)) == ('{"a":1}', "c2ln", True)
    assert (candidate.finish, candidate.raw_finish) == ("tool_calls", "STOP")
    assert answer.usage == Usage(15, 5, 4, 0, 2, "upstream", Extra(image_input=7))
    assert (answer.id, answer.model, answer.created, answer.service_tier) == (
        "r",
        "gemini-3-pro",
        1779900825,
        "default",
    )


def test_a_call_of_nothing_is_left_out() -> None:
    assert read({"functionCall": {}}, {"text": "a"}).candidates[0].blocks == (Text("a"),)


def test_ids_of_calls_differ_between_answers() -> None:
    part = {"functionCall": {"name": "f"}}
    first, second = (
        read_response(msgspec.json.encode({"candidates": [{"content": {"parts": [part]}}], **more}))
        for more in ({"responseId": "a"}, {"usageMetadata": {"promptTokenCount": 1}})
    )
    assert first.candidates[0].blocks[0] != second.candidates[0].blocks[0]


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("STOP", "stop"),
        ("MAX_TOKENS", "length"),
        ("SAFETY", "content_filter"),
        ("MODEL_ARMOR", "content_filter"),
        ("OTHER", "other"),
        ("MALFORMED_FUNCTION_CALL", "other"),
        ("OF_TOMORROW", "other"),
        ("", None),
        ("FINISH_REASON_UNSPECIFIED", None),
    ],
)
def test_finish(reason: str, finish: Finish | None) -> None:
    assert read({"text": "a"}, finishReason=reason).candidates[0].finish == finish


def test_a_prompt_that_is_refused() -> None:
    body = b'{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":3}}'
    answer = read_response(body)
    assert (answer.blocked, answer.candidates[0].finish) == ("PROHIBITED_CONTENT", "content_filter")
    written = msgspec.json.decode(write_response(answer, CLIENT))
    assert written["promptFeedback"]["blockReason"] == "PROHIBITED_CONTENT"
    assert "candidates" not in written
    strange = Response(blocked="of_another_vendor")
    assert msgspec.json.decode(write_response(strange, CLIENT))["promptFeedback"] == {"blockReason": "OTHER"}


GROUNDING = {
    "groundingChunks": [
        {"web": {"uri": "https://a", "title": "A"}},
        {"retrievedContext": {"title": "B", "text": "passage"}},
        {"web": {"uri": "https://c"}},
    ],
    "groundingSupports": [
        {"segment": {"endIndex": 6, "text": "Grüß"}, "groundingChunkIndices": [0, 9]},
        {"segment": {"startIndex": 8, "endIndex": 11}, "groundingChunkIndices": [1]},
        {"segment": {"startIndex": 900, "endIndex": 911}, "groundingChunkIndices": [1]},
        {},
    ],
    "webSearchQueries": ["q", "r"],
}


def test_sources_become_citations() -> None:
    answer = read({"text": "Grüße "}, {"text": "Welt"}, groundingMetadata=GROUNDING, more={
        "modelVersion": "gemini-3-pro", "usageMetadata": {"promptTokenCount": 1}})  # fmt: skip
    first, second = answer.candidates[0].blocks
    assert isinstance(first, Text)
    assert isinstance(second, Text)
    assert first.citations == (Citation("url", "https://a", "A", start=0, end=4),)
    assert second.citations == (
        Citation("document", title="B", quoted="passage", start=0, end=3),
        Citation("document", title="B", quoted="passage"),
        Citation("url", "https://c"),
    )
    assert answer.usage.extra == Extra(tools={"web_search": 2})
    older = read({"text": "a"}, groundingMetadata=GROUNDING, more={
        "modelVersion": "gemini-2.5-pro", "usageMetadata": {"promptTokenCount": 1}})  # fmt: skip
    assert older.usage.extra == Extra(tools={"web_search": 1})
    assert read({"text": "a"}, groundingMetadata=[1]).candidates[0].blocks == (Text("a"),)
    assert read(groundingMetadata=GROUNDING).candidates[0].blocks == ()


def test_citations_become_sources() -> None:
    block = Text(
        "Grüße Welt",
        citations=(
            Citation("url", "https://a", "A", start=0, end=5),
            Citation("url", "https://b", start=0, end=5),
            Citation("url", "https://a", "A", start=6, end=10),
            Citation("url", "https://a", "A", start=6, end=10),
            Citation("url", "https://d"),
            Citation("document", title="T", quoted="words"),
        ),
    )
    search = ServerCall("1", "web_search", '{"query":"q"}', OTHER, msgspec.Raw(b"{}"))
    found = write(Text("ü"), search, block)["groundingMetadata"]
    assert found["webSearchQueries"] == ["q"]
    assert found["groundingChunks"] == [
        {"web": {"uri": "https://a", "title": "A"}},
        {"web": {"uri": "https://b"}},
        {"web": {"uri": "https://d"}},
        {"retrievedContext": {"title": "T", "text": "words"}},
    ]
    assert found["groundingSupports"] == [
        {"segment": {"startIndex": 2, "endIndex": 9, "text": "Grüße"}, "groundingChunkIndices": [0, 1]},
        {"segment": {"startIndex": 10, "endIndex": 14, "text": "Welt"}, "groundingChunkIndices": [0]},
        {"segment": {"startIndex": 2, "endIndex": 14, "text": "Grüße Welt"}, "groundingChunkIndices": [3]},
    ]


LOGPROBS = {
    "chosenCandidates": [{"token": "ü", "tokenId": 3, "logProbability": -0.5}, {"token": "b", "logProbability": -1}],
    "topCandidates": [{"candidates": [{"token": "x", "logProbability": -2}]}],
}


def test_logprobs() -> None:
    (candidate,) = read({"text": "üb"}, logprobsResult=LOGPROBS).candidates
    assert candidate.logprobs is not None
    assert candidate.logprobs_protocol == "chat"
    assert msgspec.json.decode(candidate.logprobs)["content"] == [
        {"token": "ü", "logprob": -0.5, "bytes": [195, 188], "top_logprobs": [
            {"token": "x", "logprob": -2, "bytes": [120]}]},
        {"token": "b", "logprob": -1, "bytes": [98], "top_logprobs": []},
    ]  # fmt: skip
    written = write(Text("üb"), logprobs=candidate.logprobs)["logprobsResult"]
    assert written["chosenCandidates"][0] == {"token": "ü", "logProbability": -0.5}
    assert written["topCandidates"][0] == {"candidates": [{"token": "x", "logProbability": -2.0}]}
    entries = msgspec.Raw(b'[{"token":"a","logprob":-1}]')
    assert write(Text("a"), logprobs=entries)["logprobsResult"] == {
        "chosenCandidates": [{"token": "a", "logProbability": -1.0}]
    }
    assert "logprobsResult" not in write(Text("a"), logprobs=msgspec.Raw(b"1"))
    assert read({"text": "a"}, logprobsResult=3).candidates[0].logprobs is None


def test_every_block_for_a_client() -> None:
    raw = msgspec.Raw(b'{"toolCall":{"id":"x","toolType":"FILE_SEARCH"}}')
    found = write(
        Thinking("t", "s", origin=OTHER),
        Thinking("", encrypted="e", origin=OTHER),
        Text("a", signature="c2ln", origin=OWN),
        Text(""),
        Refusal("no"),
        ToolCall("1", "f", '{"a":1}', signature="c2ln", origin=OWN),
        ToolCall(ids.made("a", 1), "g", ""),
        ToolCall("2", "h", "free text", custom=True),
        Media("image", "image/png", "QUJD"),
        Media("image", url="https://a"),
        Media("audio", file_id="audio_1", transcript="said"),
        Media("image", file_id="file-1"),
        ServerCall("x", "file_search", "{}", OWN, raw),
        ServerCall("y", "code_execution", '{"code":"1"}', OTHER, msgspec.Raw(b"{}")),
        ServerCall("y", "code_execution", "{}", OTHER, msgspec.Raw(b"{}")),
        ServerResult("y", "code_execution", OTHER, msgspec.Raw(b"{}"), text="1"),
        ServerResult("y", "web_search", OTHER, msgspec.Raw(b"{}")),
        Opaque(OTHER, "x", msgspec.Raw(b"{}")),
        finish="tool_calls",
    )
    parts = found["content"]["parts"]
    thought, redacted = parts[:2]
    assert signatures.read(thought.pop("thoughtSignature")).signature == "s"
    assert thought == {"text": "t", "thought": True}
    assert signatures.read(redacted["thoughtSignature"]).encrypted == "e"
    assert signatures.read(redacted["thoughtSignature"]).origin == OTHER
    assert parts[2:] == [
        {"text": "a", "thoughtSignature": "c2ln"},
        {"text": "no"},
        {"functionCall": {"name": "f", "args": {"a": 1}, "id": "1"}, "thoughtSignature": "c2ln"},
        {"functionCall": {"name": "g", "args": {}}},
        {"functionCall": {"name": "h", "args": {"input": "free text"}, "id": "2"}},
        {"inlineData": {"mimeType": "image/png", "data": "QUJD"}},
        {"fileData": {"fileUri": "https://a", "mimeType": "image/png"}},
        {"text": "said"},
        {"toolCall": {"id": "x", "toolType": "FILE_SEARCH"}},
        {"executableCode": {"language": "PYTHON", "code": "1"}},
        {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1"}},
    ]
    assert found["finishReason"] == "STOP"


def test_a_call_with_broken_arguments() -> None:
    found = write(ToolCall("1", "f", '{"a":'), finish="tool_calls")
    assert found["finishReason"] == "MALFORMED_FUNCTION_CALL"
    assert found["finishMessage"] == 'Malformed function call: f({"a":)'
    assert found["content"] == {"role": "model"}
    assert write(ToolCall("1", "f", '{"a":'), finish="length")["finishReason"] == "MAX_TOKENS"


@pytest.mark.parametrize(
    ("finish", "raw", "reason"),
    [
        ("stop", "", "STOP"),
        ("stop_sequence", "", "STOP"),
        ("length", "max_tokens", "MAX_TOKENS"),
        ("context", "", "MAX_TOKENS"),
        ("refusal", "", "SAFETY"),
        ("other", "RECITATION", "RECITATION"),
        (None, "", "OTHER"),
        ("pause", "pause_turn", "OTHER"),
    ],
)
def test_finish_reasons_for_a_client(finish: Finish | None, raw: str, reason: str) -> None:
    assert write(Text("a"), finish=finish, raw_finish=raw)["finishReason"] == reason


def test_usage_for_a_client() -> None:
    usage = Usage(10, 5, 4, 3, 2, "upstream", Extra(image_input=1, image_output=2))
    answer = Response(candidates=(Candidate(),), usage=usage)
    body = msgspec.json.decode(write_response(answer, CLIENT))
    types.GenerateContentResponse.model_validate(body)
    assert body["usageMetadata"] == {
        "promptTokenCount": 10, "candidatesTokenCount": 3, "thoughtsTokenCount": 2, "totalTokenCount": 15,
        "cachedContentTokenCount": 4,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 9}, {"modality": "IMAGE", "tokenCount": 1}],
        "candidatesTokensDetails": [{"modality": "TEXT", "tokenCount": 1}, {"modality": "IMAGE", "tokenCount": 2}],
    }  # fmt: skip
    assert (body["modelVersion"], body["responseId"]) == ("asked", "req_1")
    assert "usageMetadata" not in msgspec.json.decode(write_response(Response(), CLIENT))


def test_its_own_answer_comes_back_whole() -> None:
    answer = {
        "candidates": [{
            "content": {"parts": [{"text": "a", "partMetadata": {"x": 1}}], "role": "model"}, "finishReason": "STOP",
            "index": 0, "avgLogprobs": -0.5, "safetyRatings": [], "groundingMetadata": GROUNDING,
            "logprobsResult": LOGPROBS,
        }],
        "usageMetadata": {"promptTokenCount": 3, "trafficType": "ON_DEMAND"}, "modelVersion": "m", "responseId": "r",
        "createTime": "2026-05-27T16:53:45Z", "ofTomorrow": [1],
    }  # fmt: skip
    written = msgspec.json.decode(write_response(read_response(msgspec.json.encode(answer)), CLIENT))
    answer["candidates"][0]["content"]["parts"] = [{"text": "a"}]  # type: ignore[index]  # a list
    assert written == answer


def test_counting() -> None:
    answer = read_response(b'{"totalTokens":7,"cachedContentTokenCount":2,"promptTokensDetails":[]}')
    assert answer.usage == Usage(7, cached=2, source="upstream")
    counting = Client(request_id="r", created=0, model="m", operation="count_tokens")
    assert msgspec.json.decode(write_response(answer, counting))["totalTokens"] == 7
    assert write_response(Response(usage=Usage(5)), counting) == b'{"totalTokens":5}'


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"error":{}}', b'{"candidates":[1]}', b'{"candidates":[{"content":1}]}']
)
def test_no_answer(body: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, ValueError)):
        read_response(body)
