"""The catalogue of providers, by id. A provider that is only configuration is a row in adapters/providers/.

Its rows are checked by tests/adapters/providers/; the page docs/providers.md is made from them (adapters/catalogue.py).
"""

from adapters.paths import PATHS as _PATHS
from adapters.providers import anywhere, chinese, hosts, makers, own
from adapters.providers.row import Provider

PROVIDERS: dict[str, Provider] = {
    row.id: row for row in (*makers.ROWS, *chinese.ROWS, *hosts.ROWS, *own.ROWS, *anywhere.ROWS)
}
"""Provider id -> its row."""

PATHS = _PATHS["chat"]
"""Operation name (OpenTelemetry GenAI) -> path under a provider's base URL, in Chat Completions."""

COMPATIBLE = "openai-compatible"
"""The row of a server that is only known to speak OpenAI's wire format."""

_NUMBERS = {number: row.id for row in PROVIDERS.values() for number in row.new_api}


def known_id(name: str) -> str | None:
    """The id of a row by its id or by New API's channel type number ("17"); None when there is none."""
    if name in PROVIDERS:
        return name
    return _NUMBERS.get(int(name)) if name.isascii() and name.isdecimal() and len(name) < 6 else None
