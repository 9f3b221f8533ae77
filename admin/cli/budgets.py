"""`gateway budgets`: what a key, user or organisation may spend in all, or per day, week or month."""

from typing import Annotated

import typer

from admin.cli import output, secrets
from admin.cli.errors import misuse
from admin.cli.money import dollars, usd
from admin.cli.options import Yes, confirm, connect, settings_of
from admin.cli.shaped import one_of, shaped
from admin.client.shapes.budgets import BudgetCreate, BudgetPatch

app = typer.Typer(help="Budgets of keys, users, teams and organisations.", no_args_is_help=True)

BudgetId = Annotated[int, typer.Argument(min=1, help="Id, as `gateway budgets list` shows it.", show_default=False)]
Alerts = Annotated[
    list[int] | None,
    typer.Option("--alert", min=1, max=100, metavar="PERCENT", help="Report when so much is spent; repeat for more."),
]
Periods = Annotated[str, typer.Option("--per", metavar="PERIOD", help="day, week or month in UTC, or total.")]


def _owner(owner: str) -> tuple[str, str]:
    scope, colon, name = owner.partition(":")
    if not colon or scope not in {"key", "user", "team", "organisation"} or not name:
        raise misuse(f"{owner!r} is no owner of a budget.", "Write key:NAME, user:NAME, team:ORGANISATION/TEAM ...")
    return scope, name


@app.command("create")
def create(
    ctx: typer.Context,
    owner: Annotated[str, typer.Argument(help="key:NAME, user:NAME, team:ORGANISATION/TEAM ...", show_default=False)],
    amount: Annotated[str, typer.Argument(help="USD per period.", show_default=False)],
    period: Periods = "month",
    alert: Alerts = None,
) -> None:
    """Make a budget. An owner with several is held to each."""
    scope, name = _owner(owner)
    body = {
        "scope": scope,
        "owner": name,
        "period": period,
        "amount": usd(amount),
        "alerts": alert or [],
    }
    with connect(ctx) as gateway:
        made = gateway.budgets.create_budget(shaped(BudgetCreate, body))
    if settings_of(ctx).as_json:
        output.print_json(made)
        return
    output.print_done(f"Made budget {made['id']}: {dollars(made['amount'])} per {made['period']} for {scope} {name}.")


@app.command("list")
def list_all(
    ctx: typer.Context,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="OWNER", help="Only of key:NAME, user:NAME ...")
    ] = None,
) -> None:
    """List budgets with what is spent of the present period."""
    scope, name = (None, None) if owner is None else _owner(owner)
    with connect(ctx) as gateway:
        wanted = one_of(gateway.budgets.list_budgets, "scope", scope, "--owner")
        found = gateway.budgets.list_budgets(scope=wanted, owner=name, limit=1000)
    if settings_of(ctx).as_json:
        output.print_json(found["items"])
        return
    if not found["items"]:
        output.print_plain("No budgets yet.")
        output.print_next("gateway budgets create user:NAME 100 --per month")
        return
    output.print_table(
        ["ID", "OWNER", "PERIOD", "AMOUNT", "SPENT", "HELD", "AVAILABLE", "ALERTS"],
        [
            [
                str(one["id"]),
                f"{one['scope']}:{one['owner'] or one['owner_id']}",
                one["period"],
                *(dollars(one[field]) for field in ("amount", "spent", "held", "available")),
                " ".join(f"{percent}%" for percent in one["alerts"]) or "-",
            ]
            for one in found["items"]
        ],
        right=["ID", "AMOUNT", "SPENT", "HELD", "AVAILABLE"],
    )


@app.command("edit")
def edit(
    ctx: typer.Context,
    budget: BudgetId,
    amount: Annotated[str | None, typer.Option("--amount", metavar="USD", help="USD per period.")] = None,
    period: Annotated[str | None, typer.Option("--per", metavar="PERIOD", help="day, week, month or total.")] = None,
    alert: Alerts = None,
    no_alerts: Annotated[bool, typer.Option("--no-alerts", help="Report nothing.")] = False,
) -> None:
    """Change what the options name. --alert replaces the whole list."""
    body: dict[str, object] = {}
    if amount is not None:
        body["amount"] = usd(amount)
    if period is not None:
        body["period"] = period
    if alert or no_alerts:
        body["alerts"] = alert or []
    if not body:
        raise misuse("Nothing to change.", "`gateway budgets edit --help` lists what can be changed.")
    with connect(ctx) as gateway:
        found = gateway.budgets.change_budget(budget, shaped(BudgetPatch, body))
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_done(f"Changed budget {budget}: {dollars(found['available'])} available.")


@app.command("reset")
def reset(ctx: typer.Context, budget: BudgetId) -> None:
    """Give the present period its full amount back."""
    with connect(ctx) as gateway:
        found = gateway.budgets.reset_budget(budget)
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_done(f"Added {dollars(found['added'])} to budget {budget}.")


@app.command("remove")
def remove(ctx: typer.Context, budget: BudgetId, yes: Yes = False) -> None:
    """Remove a budget. What was spent of it stays in the ledger."""
    with connect(ctx) as gateway:
        confirm(ctx, f"Remove budget {budget}?", yes=yes, interactive=secrets.can_ask())
        gateway.budgets.delete_budget(budget)
    if settings_of(ctx).as_json:
        output.print_json({"removed": budget})
        return
    output.print_done(f"Removed budget {budget}.")
