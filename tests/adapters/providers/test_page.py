"""docs/providers.md is what the rows say."""

from pathlib import Path

from adapters.catalogue import markdown
from adapters.registry import PROVIDERS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "providers.md"


def test_the_page_is_what_the_rows_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown(), "run: python -m adapters.catalogue > docs/providers.md"


def test_every_provider_is_on_it() -> None:
    text = markdown()
    assert all(f"`{row.id}`" in text and row.docs in text for row in PROVIDERS.values())
