"""What the writers ask a provider for is what a row can say: a misspelt name would be refused for ever, silently."""

import re
from pathlib import Path

from adapters.capabilities import CAPABILITIES

ADAPTERS = Path(__file__).resolve().parents[3] / "adapters"
ASKED = re.compile(r'"(\w+)" (?:not )?in (?:[\w.]+\.capabilities|can)\b')


def test_every_capability_that_is_asked_for_is_known() -> None:
    asked = {
        (path.name, name) for path in ADAPTERS.rglob("*.py") for name in ASKED.findall(path.read_text(encoding="utf-8"))
    }
    assert len(asked) > 20
    assert not [(where, name) for where, name in sorted(asked) if name not in CAPABILITIES]


def test_the_tables_of_settings_ask_for_known_ones() -> None:
    from adapters.protocols.chat.write_request import _SETTINGS
    from adapters.protocols.responses.write_settings import _NEEDS

    asked = {needed for _, needed in _SETTINGS.values() if needed} | set(_NEEDS.values())
    assert not sorted(asked - set(CAPABILITIES))
