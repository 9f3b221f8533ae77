"""Options of `gateway channels add` and `edit` that say where a channel is and what it speaks; only their notation."""

from typing import Annotated, Any

import typer

from admin.cli.errors import misuse

SETTINGS = ("region", "parameters", "protocols", "base_urls", "capabilities")
"""The settings of this kind; the last two have no option: they are set from files."""

Region = Annotated[
    str | None, typer.Option("--region", metavar="REGION", help="One of the provider's: `gateway providers show ID`.")
]
Params = Annotated[
    list[str] | None,
    typer.Option(
        "--param", metavar="NAME=VALUE", help="What its addresses need, such as workspace_id; repeat for more."
    ),
]
Protocols = Annotated[
    list[str] | None,
    typer.Option(
        "--protocol", metavar="PROTOCOL", help="Use only chat, responses, messages or gemini; repeat, preferred first."
    ),
]


def place_settings(region: str | None, params: list[str] | None, protocols: list[str] | None) -> dict[str, Any]:
    """The settings that were given."""
    values: dict[str, Any] = {
        "region": region,
        "parameters": _parameters(params) if params else None,
        "protocols": protocols or None,
    }
    return {name: value for name, value in values.items() if value is not None}


def _parameters(values: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not name or not equals or not text:
            raise misuse(f"--param {value!r} is not understood.", "Write --param NAME=VALUE.")
        if name in found:
            raise misuse(f"--param {name} is there twice.")
        found[name] = text
    return found
