"""docs/reasoning.md is what the tables say."""

from pathlib import Path

from adapters.reasoning.edit import SEARCH
from adapters.reasoning.page import markdown
from adapters.registry import PROVIDERS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reasoning.md"


def test_the_page_is_what_the_tables_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown(), "run: python -m adapters.reasoning.page > docs/reasoning.md"


def test_providers_are_those_of_the_catalogue() -> None:
    assert SEARCH.keys() <= PROVIDERS.keys()
