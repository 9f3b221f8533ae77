"""docs/overrides.md is what the tables say, and its examples work."""

import re
from pathlib import Path
from typing import Any

import yaml

from adapters.overrides import compile_overrides
from adapters.overrides.page import markdown

PAGE = Path(__file__).resolve().parents[3] / "docs" / "overrides.md"


def test_the_page_is_what_the_tables_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown(), "run: python -m adapters.overrides.page > docs/overrides.md"


def test_its_examples_are_accepted() -> None:
    examples = re.findall(r"```yaml\n(.*?)```", markdown(), re.DOTALL)
    assert len(examples) == 3
    for example in examples:
        found: dict[str, Any] = yaml.safe_load(example)
        if "conditions" in found:
            found = {"param_override": [{"mode": "delete", "path": "a", **found}]}
        assert compile_overrides(found) is not None
