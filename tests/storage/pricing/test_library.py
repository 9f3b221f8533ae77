"""The library in our terms: what it lists is read exactly, and its own calculation agrees with ours."""

from datetime import UTC, datetime

import pytest

from storage.pricing import Counted, CountedExtra, PriceEntry, Tariff, Tier, Window, rate
from storage.pricing.library import _providers, context_window, match_model, seed_rows, warm_up
from storage.pricing.translate import SeedPrice
from storage.pricing.units import ONE

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def rows() -> dict[tuple[str, str], SeedPrice]:
    warm_up()
    return {(row.provider, row.model): row for row in seed_rows(NOW)}


def test_the_library_is_read_exactly(rows) -> None:
    assert len(rows) > 500
    mini = rows["openai", "gpt-4o-mini"]
    assert (mini.input, mini.output, mini.cache_read, mini.cache_write) == (150_000_000, 600_000_000, 75_000_000, None)
    sonnet = rows["anthropic", "claude-sonnet-4-5"]
    assert (sonnet.input, sonnet.output) == (3 * 10**9, 15 * 10**9)
    assert (sonnet.cache_read, sonnet.cache_write) == (300_000_000, 3_750_000_000)
    assert sonnet.terms.cache_write_1h == 6 * 10**9
    assert sonnet.terms.tools["web_search"] == 10**13
    assert sonnet.terms.tiers == (
        Tier(
            above=200_000,
            input=6 * 10**9,
            output=22_500_000_000,
            cache_read=600_000_000,
            cache_write=7_500_000_000,
            cache_write_1h=12 * 10**9,
        ),
    )
    embedding = rows["openai", "text-embedding-3-small"]
    assert (embedding.input, embedding.output) == (20_000_000, 0)
    assert rows["openai", "whisper-1"].terms.media == 10**8  # $0.0001 a second
    for row in rows.values():
        assert 0 <= row.input < 10**13
        assert 0 <= row.output < 10**13
        assert len(row.model) <= 200
        assert len(row.provider) <= 64


def test_hours_that_are_a_multiple_become_windows_and_others_the_dearest(rows) -> None:
    chat = rows["deepseek", "deepseek-chat"]
    assert chat.input == 135_000_000
    assert chat.terms.windows == (Window(start=30, end=990, ratio=2 * ONE),)
    reasoner = rows["deepseek", "deepseek-reasoner"]
    assert (reasoner.input, reasoner.terms.windows) == (550_000_000, ())


def test_prices_do_not_depend_on_the_hour_in_which_they_are_read() -> None:
    night, day = (seed_rows(datetime(2026, 11, 1, hour, tzinfo=UTC)) for hour in (3, 20))
    assert night == day


def test_before_the_first_date_of_a_price_its_first_price_holds() -> None:
    early = {(row.provider, row.model): row for row in seed_rows(datetime(2000, 1, 1, tzinfo=UTC))}
    late = {(row.provider, row.model): row for row in seed_rows(datetime(2100, 1, 1, tzinfo=UTC))}
    assert early.keys() & late.keys()
    assert early != late


def test_models_without_a_price_have_none_but_free_ones(rows) -> None:
    assert ("github-copilot", "gpt-4o") not in rows
    assert ("openai", "tts-1") not in rows  # priced by characters, which nothing counts
    assert rows["openrouter", "qwen3-8b:free"] == SeedPrice("openrouter", "qwen3-8b:free", 0, 0, None, None)


@pytest.mark.parametrize("at", [NOW, datetime(2026, 11, 1, 2, tzinfo=UTC), datetime(2026, 11, 1, 23, tzinfo=UTC)])
def test_the_librarys_own_calculation_agrees(rows, at: datetime) -> None:
    from genai_prices.types import Usage

    checked = 0
    for provider in _providers().values():
        for model in provider.models:
            row = rows.get((provider.id, model.id))
            if row is None or (provider.id, model.id) == ("deepseek", "deepseek-reasoner"):
                continue
            entry = PriceEntry(
                1,
                row.provider,
                row.model,
                row.input,
                row.output,
                row.cache_read,
                row.cache_write,
                "seed",
                terms=row.terms,
            )
            for used in (Counted(1000, 700, 200, 0, 300), Counted(230_000, 9000, 30_000, 5000)):
                theirs = model.calc_price(
                    Usage(
                        input_tokens=used.input,
                        output_tokens=used.output,
                        cache_read_tokens=used.cached,
                        cache_write_tokens=used.cache_write,
                        output_reasoning_tokens=used.reasoning,
                    ),
                    provider,
                    genai_request_timestamp=at,
                ).total_price
                ours = rate(Tariff(entry), used, at=int(at.timestamp())).amount
                assert abs(ours - theirs * 10**9) <= 1, (provider.id, model.id)
                checked += 1
    assert checked > 4000


def test_audio_costs_what_the_library_says(rows) -> None:
    listed = [row for row in rows.values() if row.terms.audio_input]
    assert listed
    row = listed[0]
    entry = PriceEntry(1, "", "", row.input, row.output, row.cache_read, row.cache_write, "seed", terms=row.terms)
    charge = rate(Tariff(entry), Counted(10**6, 0, extra=CountedExtra(audio_input=10**6)))
    assert charge.amount == row.terms.audio_input + row.terms.call // 10**6


def test_a_name_the_library_does_not_know_needs_no_rule() -> None:
    assert list(match_model("nobody", "nothing")) == []
    assert context_window("nobody", "nothing") is None


def test_context_windows() -> None:
    assert context_window("openai", "gpt-4o-2024-08-06") == 128_000
