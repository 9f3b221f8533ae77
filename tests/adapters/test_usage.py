"""Counts of the chat completions wire beyond plain tokens: audio, images, tools."""

import msgspec
import pytest

from adapters.usage import Extra, Usage, WireUsage


@pytest.mark.parametrize(
    ("text", "extra"),
    [
        (b'{"prompt_tokens":5}', None),
        (b'{"prompt_tokens":5,"prompt_tokens_details":{"cached_tokens":1,"audio_tokens":0}}', None),
        (b'{"prompt_tokens_details":null,"completion_tokens_details":null,"server_tool_use":null}', None),
        (
            b'{"prompt_tokens":9,"prompt_tokens_details":{"audio_tokens":3,"image_tokens":2}}',
            Extra(audio_input=3, image_input=2),
        ),
        (
            b'{"completion_tokens":9,"completion_tokens_details":{"audio_tokens":3,"image_tokens":2.0}}',
            Extra(audio_output=3, image_output=2),
        ),
        (b'{"prompt_tokens":9,"server_tool_use":{"web_search_requests":2}}', Extra(tools={"web_search": 2})),
        (b'{"prompt_tokens":9,"server_tool_use":{"web_search_requests":0}}', None),
        (b'{"prompt_tokens":9,"server_tool_use":{"web_search_requests":-2}}', None),
        (b'{"prompt_tokens":9,"prompt_tokens_details":{"audio_tokens":-3}}', None),
    ],
)
def test_what_few_answers_count(text: bytes, extra: Extra | None) -> None:
    counted = msgspec.json.decode(text, type=WireUsage).counted()
    assert counted.extra == extra
    assert counted.source == "upstream"


def test_most_answers_count_nothing_more() -> None:
    assert Usage(5, 6, 1, 2, 3, "upstream").extra is None


def test_thinking_that_only_the_total_counts_is_billed() -> None:
    wire = msgspec.json.decode(
        b'{"prompt_tokens":20,"completion_tokens":12,"total_tokens":94,"completion_tokens_details":{"reasoning_tokens":62}}',
        type=WireUsage,
    )
    counted = wire.counted()
    assert (counted.output, counted.aside) == (12, 62)
    billed = counted.billed()
    assert (billed.output, billed.reasoning, billed.aside) == (74, 62, 0)
    assert billed.billed() is billed
