"""What the compiler makes of a channel and its provider's row: for every row, and with what settings change."""

from typing import Any

import pytest

from adapters.addresses import placeholders
from adapters.paths import PATHS
from adapters.providers.row import Provider
from adapters.registry import PROVIDERS
from deployments.endpoint import Endpoint
from deployments.offers import Offer, offered
from deployments.table import Channel, ChannelRow, TableData, decode, decode_channel, encode

ROWS = pytest.mark.parametrize("row", PROVIDERS.values(), ids=list(PROVIDERS))
CREDENTIALS = {"authorization", "x-api-key", "x-goog-api-key", "api-key"}


def settings_of(row: Provider) -> dict[str, Any]:
    """What a channel of this row must say besides its key."""
    return {"parameters": {name: f"{name.replace('_', '-')}-1" for name in row.needs}}


def channel_of(offer: Offer, *, secret: str = "sk-upstream", headers: dict[str, str] | None = None) -> Channel:
    """The channel as a replica has it: compiled, sent, decoded."""
    row = ChannelRow(
        1, "c", "p", offer.family, offer.base_url, b"", {"*": ""}, 0, 1, headers or {}, offer.stream_usage, 1.0, 1.0,
        1.0, "", protocols=offer.protocols, prefers=offer.prefers,
    )  # fmt: skip
    return Channel(decode_channel(decode(encode(TableData(1, [row], []))).channels[0]), secret)


@ROWS
def test_every_row_makes_a_channel(row: Provider) -> None:
    base = "" if row.regions else "http://10.0.0.5:9000"
    channel = channel_of(offered(row.id, base, settings_of(row)))
    wanted = [
        name
        for name, speaks in row.speaks.items()
        if speaks.default and (not speaks.regions or row.region in speaks.regions)
    ]
    assert list(channel.protocols) == wanted
    for name, endpoint in channel.protocols.items():
        speaks = row.speaks[name]
        assert endpoint.base_url.endswith(speaks.path) or placeholders(speaks.path)
        assert "{" not in endpoint.base_url
        assert endpoint.capabilities == speaks.capabilities
        shown = [header for header in endpoint.headers if header[0] in CREDENTIALS]
        assert [value.removeprefix("Bearer ") for _, value in shown] == ["sk-upstream"]
        for operation in PATHS[name]:
            path = endpoint.path(operation, "vendor/some model")
            offers = operation.removesuffix("_stream").replace("embed_one", "embeddings") in speaks.operations
            assert (path is not None) == offers
            assert path is None or (path.startswith("/") and "{" not in path and " " not in path)
    bare = channel_of(offered(row.id, base, settings_of(row)), secret="")
    assert not [header for header in bare.headers if header[0] in CREDENTIALS]


@ROWS
def test_every_row_with_all_it_speaks_named(row: Provider) -> None:
    """What is named only becomes usable by naming it, at the same addresses, and nothing else does then."""
    region = next((each for speaks in row.speaks.values() for each in speaks.regions), "")
    base = "" if row.regions else "http://10.0.0.5:9000/v1"
    settings = {**settings_of(row), "protocols": list(row.speaks), "region": region}
    channel = channel_of(offered(row.id, base, settings))
    assert set(channel.protocols) == set(row.speaks)
    for name in row.speaks:
        only = channel_of(offered(row.id, base, {**settings, "protocols": [name]}))
        assert only.spoken("claude-x") in {(name,), ()}


def spoken(provider: str, model: str, **settings: Any) -> tuple[str, ...]:
    return channel_of(offered(provider, "", {**settings_of(PROVIDERS[provider]), **settings})).spoken(model)


def test_models_decide_what_is_spoken() -> None:
    assert spoken("dashscope", "qwen3-max") == ("chat", "responses", "messages")
    assert spoken("dashscope", "text-embedding-v4") == ("chat",)
    assert spoken("azure", "claude-opus-4-6", region="foundry") == ("chat", "responses", "messages")
    assert spoken("azure", "gpt-5", region="foundry") == ("chat", "responses")


def test_a_channel_says_what_it_prefers() -> None:
    assert spoken("openai", "gpt-5") == ("chat", "responses")
    assert spoken("openai", "gpt-5", protocols=["responses", "chat"]) == ("responses", "chat")
    assert spoken("openai", "gpt-5", protocols=["responses"]) == ("responses",)


def test_and_says_it_by_model() -> None:
    by_model = {"gpt-5*": ["responses"], "gpt-5-chat*": ["chat"]}
    assert spoken("openai", "gpt-5-mini", protocols=by_model) == ("responses",)
    assert spoken("openai", "gpt-5-chat-latest", protocols=by_model) == ("chat",), "the longer glob decides"
    assert spoken("openai", "gpt-4o", protocols=by_model) == ("chat", "responses"), "others: as the row says"
    named = {"gemini-2*": ["chat"]}
    assert spoken("gemini", "gemini-2.5-pro", protocols=named) == ("chat",)
    assert spoken("gemini", "gemini-3-pro", protocols=named) == ("gemini",), "named for one model, not for others"


def test_answers_are_remembered_in_bounded_number() -> None:
    channel = channel_of(offered("openai", "", {}))
    for number in range(1100):
        assert channel.spoken(f"m-{number}") == ("chat", "responses")


def test_capabilities_are_changed_by_settings() -> None:
    changed = {"capabilities": {"images": False, "top_k": True}}
    offer = offered("openai", "", changed)
    assert "images" not in offer.protocols["chat"].capabilities
    assert "top_k" in offer.protocols["chat"].capabilities
    assert offered("openai", "", {"capabilities": {"stream_usage": False}}).stream_usage is False


def test_an_unknown_provider_is_taken_for_a_compatible_one() -> None:
    offer = offered("somebody", "http://host/v1", {})
    assert offer.family == "openai"
    assert list(offer.protocols) == ["chat"]
    assert offer.base_url == "http://host/v1"


def test_without_an_address_there_is_nothing() -> None:
    offer = offered("vllm", "", {})
    assert offer.protocols == {}
    assert offer.stream_usage is False


def endpoint(provider: str, protocol: str, **settings: Any) -> Endpoint:
    return channel_of(offered(provider, "", {**settings_of(PROVIDERS[provider]), **settings})).protocols[protocol]


def test_gemini_has_the_model_in_its_path() -> None:
    gemini = endpoint("gemini", "gemini")
    assert gemini.base_url == "https://generativelanguage.googleapis.com/v1beta"
    assert gemini.path("chat", "models/gemini-3-pro") == "/models/gemini-3-pro:generateContent"
    assert gemini.path("chat", "a/b?c", stream=True) == "/models/a%2Fb%3Fc:streamGenerateContent?alt=sse"
    assert gemini.path("embed_one", "e") == "/models/e:embedContent"
    assert gemini.path("compact", "e") is None


def test_headers_of_a_channel_go_before_those_of_the_row() -> None:
    own = {"Anthropic-Version": "2024-01-01", "X-Team": "a"}
    headers = dict(channel_of(offered("anthropic", "", {}), headers=own).protocols["messages"].headers)
    assert headers["anthropic-version"] == "2024-01-01"
    assert headers["x-api-key"] == "sk-upstream"
    assert headers["x-team"] == "a"


def test_a_row_of_an_older_router_still_works() -> None:
    """Between two versions: a channel without protocols is Chat Completions at its address."""
    row = ChannelRow(1, "c", "openai", "openai", "http://h/v1/", b"", {}, 0, 1, {}, True, 1.0, 1.0, 1.0, "")
    channel = Channel(row, "k")
    assert channel.spoken("any") == ("chat",)
    assert channel.base_url == "http://h/v1"
    assert dict(channel.headers)["authorization"] == "Bearer k"
