"""Settings, tools and output of other protocols as Anthropic's models take them."""

from typing import Any

import msgspec
import pytest
from msgspec import Raw
from msgspec.structs import replace

from adapters.canonical.blocks import Cache, Origin, Text, Thinking, ToolCall, ToolResult
from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses
from adapters.canonical.request import (
    FunctionTool,
    OpaqueTool,
    OutputFormat,
    Reasoning,
    Request,
    ServerTool,
    ToolChoice,
    Turn,
)
from adapters.protocols.messages.write_request import write_request
from adapters.providers.makers import ANTHROPIC_MESSAGES

OLD = Upstream(model="claude-sonnet-4-5", provider="anthropic", capabilities=ANTHROPIC_MESSAGES, max_output=4096)
NEW = replace(OLD, model="claude-opus-4-8")
BARE = Upstream(model="some-model", provider="other", max_output=4096)
ASKED = (Turn("user", (Text("hi"),), plain=True),)
CALL = ToolCall("call_1", "f", '{"a":1}')
RESULT = ToolResult("call_1", (Text("ok"),), plain=True)


def write(turns: tuple[Turn, ...] = ASKED, to: Upstream = OLD, **settings: Any) -> tuple[dict[str, Any], Losses]:
    losses = Losses()
    request = Request(model="m", turns=turns, protocol="chat", **settings)
    return msgspec.json.decode(write_request(request, to, losses)), losses


def lost(losses: Losses) -> set[str]:
    return {loss.field for loss in losses.knobs}


def refused(losses: Losses) -> set[str]:
    return {loss.field for loss in losses.content}


def test_sampling() -> None:
    body, losses = write(temperature=1.7, top_p=0.5, top_k=5, stop=("\n", "END"), seed=1, frequency_penalty=0)
    assert (body["temperature"], body["top_k"], body["stop_sequences"]) == (1, 5, ["END"])
    assert "top_p" not in body
    assert lost(losses) == {"temperature", "top_p", "stop", "seed"}
    body, losses = write(to=NEW, temperature=1, top_p=0.5)
    assert not {"temperature", "top_p"} & body.keys()
    assert lost(losses) == {"top_p"}
    body, losses = write(to=BARE, temperature=0.5, top_p=0.5, top_k=3)
    assert (body["temperature"], body["top_p"]) == (0.5, 0.5)
    assert lost(losses) == {"top_k"}


def test_settings_without_a_place() -> None:
    losses = write(
        n=2, logprobs=True, top_logprobs=3, logit_bias=Raw(b"{}"), min_p=0.1, verbosity="low", store=True,
        modalities=("text", "audio"), cache_key="k", truncation="auto", prediction=Raw(b"{}"),
        metadata={"a": Raw(b"1")},
    )[1]  # fmt: skip
    assert refused(losses) == {"n", "modalities"}
    assert lost(losses) == {
        "logprobs", "top_logprobs", "logit_bias", "min_p", "verbosity", "store", "prompt_cache_key", "truncation",
        "prediction", "metadata",
    }  # fmt: skip
    usual = write(
        n=1, logprobs=False, top_logprobs=0, min_p=0, verbosity="medium", store=False, modalities=("text",),
        truncation="disabled", presence_penalty=0, repetition_penalty=1, service_tier="auto", metadata={}, top_p=1,
        temperature=1, parallel_tools=True, output=OutputFormat("text"),
    )[1]  # fmt: skip
    assert not usual.knobs


def test_people_and_tiers() -> None:
    body, losses = write(user="u", service_tier="default", stream=True, max_output=9)
    assert (body["metadata"], body["service_tier"]) == ({"user_id": "u"}, "standard_only")
    assert (body["stream"], body["max_tokens"]) == (True, 9)
    assert not losses.knobs
    assert write(safety_id="s")[0]["metadata"] == {"user_id": "s"}
    assert lost(write(user="u", to=BARE)[1]) == {"user"}
    assert lost(write(service_tier="flex")[1]) == {"service_tier"}


def test_counting_asks_for_nothing_else() -> None:
    body = write(to=replace(OLD, operation="count_tokens"), temperature=0.5, user="u", stream=True, stop=("x",))[0]
    assert body.keys() == {"model", "messages"}


def test_thinking_settings() -> None:
    body, _ = write(reasoning=Reasoning(effort="low"), max_output=9000, temperature=0.2, top_k=3, top_p=0.2)
    assert body["thinking"] == {"type": "enabled", "budget_tokens": 1024}
    assert not {"temperature", "top_p", "top_k"} & body.keys()
    body, _ = write(to=NEW, reasoning=Reasoning(effort="low", include=True))
    assert (body["thinking"], body["output_config"]) == (
        {"type": "adaptive", "display": "summarized"},
        {"effort": "low"},
    )
    tools = (FunctionTool("f"),)
    body, losses = write(to=NEW, reasoning=Reasoning(effort="low"), tools=tools, tool_choice=ToolChoice("required"))
    assert "thinking" not in body
    assert body["tool_choice"] == {"type": "any"}
    assert lost(losses) == {"reasoning"}


def test_calls_without_signed_thinking_turn_it_off() -> None:
    loop = (*ASKED, Turn("assistant", (CALL,)), Turn("user", (RESULT,)))
    wanted: dict[str, Any] = {"reasoning": Reasoning(effort="low"), "max_output": 9000}
    body, losses = write(loop, **wanted)
    assert "thinking" not in body
    assert lost(losses) == {"reasoning"}
    assert "thinking" in write(loop, NEW, **wanted)[0]  # adaptive thinking may begin anywhere
    assert "thinking" in write((*loop, Turn("assistant", (Text("done"),)), *ASKED), **wanted)[0]
    signed = Thinking("a", "sig", origin=Origin("messages"))
    assert "thinking" in write((*ASKED, Turn("assistant", (signed, CALL)), Turn("user", (RESULT,))), **wanted)[0]


def test_models_that_cannot_be_made_to_call() -> None:
    newest = replace(NEW, model="claude-opus-5-5")
    losses = write(to=newest, tools=(FunctionTool("f"),), tool_choice=ToolChoice("named", ("f",)))[1]
    assert refused(losses) == {"tool_choice"}


def test_output() -> None:
    schema = Raw(b'{"type":"object","properties":{"a":{"type":"integer","minimum":1}}}')
    body, losses = write(output=OutputFormat("schema", schema, "n"))
    assert body["output_config"]["format"]["schema"] == {
        "type": "object",
        "properties": {"a": {"type": "integer", "description": "{minimum: 1}"}},
        "additionalProperties": False,
    }
    assert not losses.content
    assert refused(write(to=BARE, output=OutputFormat("schema", schema))[1]) == {"response_format"}
    body, losses = write(output=OutputFormat("json"))
    assert "JSON object" in body["system"][-1]["text"]
    assert [loss.field for loss in losses.knobs] == ["response_format"]
    assert not losses.content


def test_tools() -> None:
    strict = Raw(b'{"type":"object","properties":{"a":{"type":["string","null"]}},"required":["a"]}')
    tools = (
        FunctionTool("f", "does", strict, True, cache=Cache()),
        FunctionTool("g", parameters=Raw(b'{"properties":{"b":{}}}'), protocol="chat", extra={"odd": Raw(b"1")}),
        FunctionTool("patch", custom=True, grammar=Raw(b"{}")),
        ServerTool("web_search", "responses", Raw(b"{}"), ("a.com",), max_uses=2, search_context="low",
                   user_location={"city": Raw(b'"Rome"'), "odd": Raw(b"1")}),
        ServerTool("code_execution", "gemini", Raw(b"{}")),
        ServerTool("mcp", "responses", Raw(b"{}"), label="s", url="https://m", token="t", allowed_tools=("x",)),
        OpaqueTool("chat", "a thing", Raw(b"{}"), knob=True),
    )  # fmt: skip
    body, losses = write(tools=tools, parallel_tools=False)
    f, g, patch, search, code, toolset = body["tools"]
    assert (f["strict"], f["cache_control"]) == (True, {"type": "ephemeral"})
    assert f["input_schema"]["properties"]["a"] == {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert g["input_schema"] == {"type": "object", "properties": {"b": {}}}
    assert patch["input_schema"]["required"] == ["input"]
    assert search == {
        "type": "web_search_20250305", "name": "web_search", "allowed_domains": ["a.com"], "max_uses": 2,
        "user_location": {"type": "approximate", "city": "Rome"},
    }  # fmt: skip
    assert code == {"type": "code_execution_20250825", "name": "code_execution"}
    assert toolset["configs"] == {"x": {"enabled": True}}
    assert body["mcp_servers"] == [{"type": "url", "name": "s", "url": "https://m", "authorization_token": "t"}]
    assert body["tool_choice"] == {"type": "auto", "disable_parallel_tool_use": True}
    assert lost(losses) == {"tools.1.odd", "tools.2.format", "tools.3.search_context_size", "tools.6"}
    assert refused(write(to=BARE, tools=tools)[1]) == {"tools.3", "tools.4", "tools.5"}
    assert refused(write(tools=(OpaqueTool("chat", "a thing", Raw(b"{}")),))[1]) == {"tools.0"}


@pytest.mark.parametrize(
    ("choice", "written", "names"),
    [
        (ToolChoice("auto"), {"type": "auto"}, ["f", "g"]),
        (ToolChoice("none"), {"type": "none"}, ["f", "g"]),
        (ToolChoice("named", ("g",)), {"type": "tool", "name": "g"}, ["f", "g"]),
        (ToolChoice("allowed", ("g",)), {"type": "auto"}, ["g"]),
        (ToolChoice("allowed", ("g",), required=True), {"type": "any"}, ["g"]),
    ],
)
def test_choices(choice: ToolChoice, written: dict[str, str], names: list[str]) -> None:
    body = write(tools=(FunctionTool("f"), FunctionTool("g")), tool_choice=choice)[0]
    assert body["tool_choice"] == written
    assert [tool["name"] for tool in body["tools"]] == names
    assert "tool_choice" not in write(tool_choice=choice)[0]
