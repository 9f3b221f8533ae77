"""Amounts and balances in the command: how they are given and how they are shown."""

from typing import TYPE_CHECKING, Annotated, overload

import typer
from rich.text import Text

from admin.cli import output
from admin.cli.options import settings_of

if TYPE_CHECKING:
    from admin.client.shapes.common import Money

Amount = Annotated[
    str | None, typer.Option("--balance", metavar="USD", help="Set the balance to this, by an entry in the ledger.")
]


@overload
def usd(value: str) -> str: ...


@overload
def usd(value: str | None) -> str | None: ...


def usd(value: str | None) -> str | None:
    """`$12.50` and `12.50` -> `12.50`."""
    return None if value is None else value.strip().replace("$", "", 1)


def dollars(text: str) -> str:
    """`-12.5` -> `-$12.5`."""
    return f"-${text[1:]}" if text.startswith("-") else f"${text}"


def money_text(money: "Money") -> list[str | Text]:
    """Quota, balance, held and available of an account, for a table."""
    amounts = [dollars(money[name]) for name in ("balance", "held", "available")]
    return [Text("on", style="green") if money["limited"] else Text("off"), *amounts]


def show_money(ctx: typer.Context, money: "Money") -> None:
    """Print what an account has."""
    if settings_of(ctx).as_json:
        output.print_json(money)
        return
    quota, balance, held, available = money_text(money)
    output.print_pairs([
        ("account", str(money["account_id"])),
        ("quota", quota),
        ("balance", balance),
        ("held", held),
        ("available", available),
    ])  # fmt: skip
