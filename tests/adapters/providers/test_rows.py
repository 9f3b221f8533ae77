"""The contract of the catalogue: whatever holds for every row, asserted for every row."""

import re
from collections import Counter
from typing import get_args
from urllib.parse import urlsplit

import pytest

from adapters.addresses import Place, addresses, placeholders, usual_address, wrong
from adapters.auth import Auth, header
from adapters.capabilities import CAPABILITIES, can
from adapters.paths import PATHS, PROTOCOLS
from adapters.providers.row import Provider, Speaks
from adapters.registry import COMPATIBLE, PROVIDERS, known_id

ROWS = pytest.mark.parametrize("row", PROVIDERS.values(), ids=list(PROVIDERS))
SPOKEN = pytest.mark.parametrize(
    ("row", "protocol"),
    [(row, protocol) for row in PROVIDERS.values() for protocol in row.speaks],
    ids=[f"{row.id}-{protocol}" for row in PROVIDERS.values() for protocol in row.speaks],
)

PROMISED = {
    "openai", "azure", "anthropic", "gemini", "dashscope", "deepseek", "moonshot", "zhipu", "volcengine", "baidu",
    "minimax", "tencent", "openrouter", "mistral", "xai", "groq", "together", "fireworks", "siliconflow",
    "perplexity", "cloudflare", "cohere", "lmstudio", "ollama", "vllm", "openai-compatible", "new-api",
}  # fmt: skip


def filled(row: Provider) -> dict[str, str]:
    return {name: f"{name.replace('_', '-')}-1" for name in row.needs}


def test_the_catalogue_is_complete() -> None:
    assert PROVIDERS.keys() >= PROMISED
    assert PROVIDERS[COMPATIBLE].id == COMPATIBLE


@ROWS
def test_names(row: Provider) -> None:
    assert PROVIDERS[row.id] is row
    assert re.fullmatch(r"[a-z][a-z0-9-]{1,31}", row.id)
    assert row.name
    assert row.pool
    assert re.fullmatch(r"202\d-\d\d", row.read)
    assert urlsplit(row.docs).scheme == "https"


@ROWS
def test_regions_are_roots(row: Provider) -> None:
    for name, roots in row.regions.items():
        assert re.fullmatch(r"[a-z][a-z0-9-]*", name)
        assert roots
        for root in roots:
            parts = urlsplit(root)
            assert parts.scheme == ("http" if row.kind == "own" else "https")
            assert parts.netloc
            assert not parts.path, "a root is a host: what follows is in the paths of the protocols"
            assert not parts.query


@ROWS
def test_what_is_needed_is_what_stands_in_braces(row: Provider) -> None:
    texts = [root for roots in row.regions.values() for root in roots] + [each.path for each in row.speaks.values()]
    assert {name for text in texts for name in placeholders(text)} == row.needs.keys()
    assert all(row.needs.values())


@SPOKEN
def test_a_protocol(row: Provider, protocol: str) -> None:
    speaks = row.speaks[protocol]
    assert protocol in PROTOCOLS
    assert not speaks.path or re.fullmatch(r"(/[\w{}.-]+)+", speaks.path)
    assert speaks.auth in get_args(Auth)
    assert set(speaks.operations) <= PATHS[protocol].keys()
    assert "chat" in speaks.operations
    assert all(path.startswith("/") for path in speaks.paths.values())
    assert set(speaks.paths) <= PATHS[protocol].keys()
    assert all(name == name.lower() for name in speaks.headers)
    assert set(speaks.regions) <= row.regions.keys()
    assert speaks.capabilities <= CAPABILITIES.keys()
    assert not any("authorization" in name or "key" in name for name in speaks.headers)


@ROWS
def test_something_is_spoken_without_being_asked_for(row: Provider) -> None:
    assert next(iter(row.speaks.values())).default
    assert not next(iter(row.speaks.values())).models, "the first one is for every model"


@ROWS
def test_type_and_key_are_enough_or_it_says_what_is_missing(row: Provider) -> None:
    missing = wrong(row, Place())
    if row.kind == "any" or not row.regions:
        assert [field for field, _ in missing] == ["base_url"]
        assert usual_address(row) == ""
    else:
        assert all(field.startswith("parameters.") for field, _ in missing)
        assert bool(missing) == ("{" in usual_address(row))


@ROWS
def test_every_region_has_addresses(row: Provider) -> None:
    for region in row.regions:
        place = Place(region=region, parameters=filled(row))
        assert wrong(row, place) == []
        found = addresses(row, place)
        offered = [name for name, each in row.speaks.items() if not each.regions or region in each.regions]
        assert list(found) == offered
        for address in found.values():
            assert "{" not in address
            assert not address.endswith("/")


@ROWS
def test_an_address_of_ones_own_may_be_host_part_or_whole(row: Provider) -> None:
    """A stand-in may be named with the path of the first protocol, the beginning of it, or neither."""
    place = Place(parameters=filled(row))
    path = next(iter(row.speaks.values())).path
    for name, value in place.parameters.items():
        path = path.replace(f"{{{name}}}", value)
    pieces = path.split("/")
    wanted = addresses(row, Place(base_url="https://stand-in.example", parameters=place.parameters))
    assert wanted
    for count in range(1, len(pieces) + 1):
        base = "https://stand-in.example" + "/".join(pieces[:count])
        assert addresses(row, Place(base_url=base, parameters=place.parameters)) == wanted
        assert addresses(row, Place(base_url=base + "/", parameters=place.parameters)) == wanted


@ROWS
def test_an_address_with_a_strange_path_is_taken_as_it_is(row: Provider) -> None:
    place = Place(base_url="https://stand-in.example/a/b-c", parameters=filled(row))
    found = addresses(row, place)
    first, path = next((name, each.path) for name, each in row.speaks.items())
    assert found[first] == place.base_url
    assert {name for name, each in row.speaks.items() if each.path == path and not each.regions} == found.keys()


@ROWS
def test_a_protocol_may_have_an_address_of_its_own(row: Provider) -> None:
    place = Place(base_urls=dict.fromkeys(row.speaks, "https://stand-in.example/x/"))
    assert wrong(row, place) == []
    assert addresses(row, place) == dict.fromkeys(row.speaks, "https://stand-in.example/x")


def test_numbers_of_new_api_are_used_once() -> None:
    numbers = Counter(number for row in PROVIDERS.values() for number in row.new_api)
    assert set(numbers.values()) == {1}
    assert known_id("17") == "dashscope"
    assert known_id("dashscope") == "dashscope"
    assert known_id("14") == "anthropic"
    assert known_id("999") is None
    assert known_id("1" * 40) is None
    assert known_id("nobody") is None


def test_what_is_wrong_is_named() -> None:
    row = PROVIDERS["dashscope"]
    assert [field for field, _ in wrong(row, Place(region="mars"))] == ["region"]
    assert [field for field, _ in wrong(row, Place(region="tokyo"))] == ["parameters.workspace_id"]
    assert [field for field, _ in wrong(row, Place(parameters={"x": "1"}))] == ["parameters.x"]
    assert [field for field, _ in wrong(row, Place(base_urls={"gemini": "https://x"}))] == ["base_urls.gemini"]
    assert wrong(row, Place(region="singapore")) == []
    cloudflare = PROVIDERS["cloudflare"]
    assert [field for field, _ in wrong(cloudflare, Place(base_url="https://host"))] == ["parameters.account_id"]
    whole = "https://api.cloudflare.com/client/v4/accounts/a1/ai/v1"
    assert wrong(cloudflare, Place(base_url=whole)) == []
    assert addresses(cloudflare, Place(base_url=whole)) == {"chat": whole, "responses": whole}


def test_a_workspace_has_its_own_address_and_without_one_the_shared_is_used() -> None:
    row = PROVIDERS["dashscope"]
    assert addresses(row, Place(region="singapore", parameters={"workspace_id": "ws-1"})) == {
        "chat": "https://ws-1.ap-southeast-1.maas.aliyuncs.com/compatible-mode/v1",
        "responses": "https://ws-1.ap-southeast-1.maas.aliyuncs.com/compatible-mode/v1",
        "messages": "https://ws-1.ap-southeast-1.maas.aliyuncs.com/apps/anthropic/v1",
    }
    assert addresses(row, Place(region="singapore"))["chat"] == "https://dashscope-intl.aliyuncs.com/compatible-mode/v1"
    assert addresses(row, Place())["chat"] == "https://dashscope.aliyuncs.com/compatible-mode/v1"
    assert addresses(row, Place(region="tokyo")) == {}


def test_regions_limit_protocols() -> None:
    row = PROVIDERS["azure"]
    assert set(addresses(row, Place(parameters={"resource": "r"}))) == {"chat", "responses"}
    found = addresses(row, Place(region="foundry", parameters={"resource": "r"}))
    assert found["messages"] == "https://r.services.ai.azure.com/anthropic/v1"


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("bearer", (("authorization", "Bearer k"),)),
        ("x-api-key", (("x-api-key", "k"),)),
        ("x-goog-api-key", (("x-goog-api-key", "k"),)),
        ("api-key", (("api-key", "k"),)),
        ("none", ()),
    ],
)
def test_how_a_key_is_shown(style: Auth, expected: tuple[tuple[str, str], ...]) -> None:
    assert header(style, "k") == expected
    assert header(style, "") == ()


def test_a_capability_with_a_typing_error_is_refused() -> None:
    with pytest.raises(ValueError, match="imagez"):
        can("images imagez")
    assert Speaks(path="").capabilities == frozenset(), "what is not said is not there"


def test_what_is_no_address_is_taken_as_it_is() -> None:
    """A stored one from before addresses were checked: the call says what is wrong with it."""
    assert addresses(PROVIDERS["openai"], Place(base_url="http://[bad"))["chat"] == "http://[bad"
