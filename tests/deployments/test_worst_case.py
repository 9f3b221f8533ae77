"""Bounds of a request before it is sent: not below what it can cost, and spendable to the last token."""

import base64

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployments.settings_quota import Quota
from deployments.worst_case import (
    NO_MEDIA,
    TOOLS_TOKENS,
    Media,
    Output,
    affordable,
    bound,
    estimate_input_tokens,
    media_of,
    output_bound,
)
from storage.pricing import FREE, PriceEntry, Tariff, worst_case
from tests.storage.pricing.strategies import entries, ratios, tokens

QUOTA = Quota()
PICTURE = base64.b64encode(bytes(range(256)) * 40).decode()


def fields(**values: object) -> dict[str, msgspec.Raw]:
    return {name: msgspec.Raw(msgspec.json.encode(value)) for name, value in values.items()}


def content(*parts: object) -> bytes:
    return msgspec.json.encode([{"role": "user", "content": list(parts)}])


def test_text_has_at_most_a_token_for_each_byte() -> None:
    assert estimate_input_tokens(5000, "chat", QUOTA) == 5000
    assert estimate_input_tokens(5000, "chat", QUOTA, tools=True) == 5000 + TOOLS_TOKENS
    assert estimate_input_tokens(5000, "embeddings", QUOTA, tools=True) == 5000
    assert estimate_input_tokens(500_000, "chat", QUOTA, context=128_000) == 128_000


@pytest.mark.parametrize(
    ("part", "media"),
    [
        ({"type": "image_url", "image_url": {"url": "https://x/y.png"}}, Media(images=1)),
        ({"type": "input_image", "image_url": "https://x/y.png"}, Media(images=1)),
        ({"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PICTURE}"}}, Media(1, 0, 0, len(PICTURE))),
        ({"type": "input_audio", "input_audio": {"data": PICTURE, "format": "mp3"}}, Media(0, 1, 0, len(PICTURE))),
        ({"type": "file", "file": {"file_data": f"data:application/pdf;base64,{PICTURE}"}},
         Media(0, 0, 1, len(PICTURE))),
        ({"inlineData": {"mimeType": "image/png", "data": PICTURE}}, Media(1, 0, 0, len(PICTURE))),
        ({"type": "text", "text": "an image_url"}, NO_MEDIA),
        # A text that looks like a part, or like data, is text.
        ({"type": "text", "text": f'{{"type":"image_url","url":"{PICTURE}"}}'}, NO_MEDIA),
    ],
)  # fmt: skip
def test_media_are_counted_by_their_own_rules(part: object, media: Media) -> None:
    assert media_of(content(part)) == media


def test_only_as_many_values_as_there_are_parts_are_no_text() -> None:
    picture = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PICTURE}"}}
    call = {"type": "tool_use", "input": {"data": PICTURE}}
    assert media_of(content(picture, call)).encoded == len(PICTURE)


def test_media_in_the_estimate() -> None:
    size = 20_000
    image = Media(images=2, encoded=18_000)
    assert estimate_input_tokens(size, "chat", QUOTA, media=image) == 2_000 + 2 * QUOTA.image_tokens
    audio = Media(audio=1, encoded=16_000)
    assert estimate_input_tokens(size, "chat", QUOTA, media=audio) == 4_000 + 1_000
    assert estimate_input_tokens(size, "chat", QUOTA, media=Media(audio=1)) == size + QUOTA.file_tokens
    assert estimate_input_tokens(size, "chat", QUOTA, media=Media(files=1), context=9_000) == 9_000


@pytest.mark.parametrize(
    ("given_fields", "model_max", "expected"),
    [
        ({}, None, Output(QUOTA.default_output_tokens)),
        ({}, 500, Output(500)),
        ({"max_tokens": 100}, 500, Output(100, fixed=True, field="max_tokens")),
        ({"max_tokens": 100, "max_completion_tokens": 50}, None, Output(100, fixed=True, field="max_tokens")),
        ({"max_output_tokens": 900}, 500, Output(500, fixed=True, field="max_output_tokens")),
        ({"max_tokens": 100, "n": 3}, None, Output(100, 3, fixed=True, field="max_tokens")),
        ({"max_tokens": None, "n": None}, None, Output(QUOTA.default_output_tokens)),
        ({"max_tokens": "many", "n": -1}, None, Output(QUOTA.default_output_tokens)),
    ],
)
def test_the_output_is_bounded_by_what_the_client_set(
    given_fields: dict[str, object], model_max: int | None, expected: Output
) -> None:
    assert output_bound(fields(**given_fields), "chat", QUOTA, model_max=model_max) == expected


def test_embeddings_have_no_output() -> None:
    assert output_bound(fields(), "embeddings", QUOTA).total == 0


@given(entries, tokens, st.integers(1, 100_000), st.integers(1, 4), ratios, ratios, st.integers(0, 100))
def test_whatever_is_reserved_pays_for_what_the_request_is_clamped_to(
    price: PriceEntry, input_tokens: int, each: int, choices: int, group: int, channel: int, percent: int
) -> None:
    tariff = Tariff(price)
    needed = bound(tariff, input_tokens, Output(each, choices), QUOTA, group_ratio=group, channel_ratio=channel)
    assert needed.least <= needed.amount
    reserved = needed.least + (needed.amount - needed.least) * percent // 100
    clamp = affordable(tariff, needed, reserved, group_ratio=group, channel_ratio=channel)
    if clamp is None:
        assert reserved == needed.amount
        return
    assert min(QUOTA.min_output_tokens, each) <= clamp <= each
    assert worst_case(tariff, input_tokens, clamp * choices, group_ratio=group, channel_ratio=channel) <= reserved


def test_a_maximum_of_the_client_is_not_lowered() -> None:
    tariff = Tariff(PriceEntry(1, "openai", "gpt", 10**9, 10**9, None, None, "operator"))
    needed = bound(tariff, 100, Output(50, fixed=True), QUOTA)
    assert needed.least == needed.amount == 150 * 1000
    free = bound(FREE, 100, Output(50), QUOTA)
    assert (free.amount, free.least, affordable(FREE, free, 0)) == (0, 0, None)


def test_of_several_maxima_the_largest_counts() -> None:
    fields = {"max_completion_tokens": msgspec.Raw(b"1"), "max_tokens": msgspec.Raw(b"100000")}
    assert output_bound(fields, "chat", QUOTA).each == 100_000, "a provider may know only the other one"
    unread = {"max_completion_tokens": msgspec.Raw(b"1"), "max_tokens": msgspec.Raw(b'"100000"')}
    assert output_bound(unread, "chat", QUOTA).each == QUOTA.default_output_tokens
    absent = {"max_completion_tokens": msgspec.Raw(b"1"), "max_tokens": msgspec.Raw(b"null")}
    assert output_bound(absent, "chat", QUOTA).each == 1
