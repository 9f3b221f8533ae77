"""`gateway plans` and `gateway subscriptions`: what is sold by the term, and who has it."""

from typing import Annotated, Any

import typer

from admin.cli import output, secrets
from admin.cli.errors import misuse
from admin.cli.money import dollars, usd
from admin.cli.options import Yes, confirm, connect, settings_of
from admin.cli.shaped import shaped
from admin.client.shapes.subscriptions import PlanCreate, SubscriptionGive

plans = typer.Typer(help="Subscription plans.", no_args_is_help=True)
subscriptions = typer.Typer(help="Subscriptions of users and organisations.", no_args_is_help=True)

Plan = Annotated[str, typer.Argument(help="Name or id of the plan.", show_default=False)]
Number = Annotated[int, typer.Argument(min=1, help="Id, as `gateway subscriptions list` shows it.", show_default=False)]


@plans.command("list")
def list_plans(ctx: typer.Context) -> None:
    """List plans."""
    with connect(ctx) as gateway:
        items = gateway.subscriptions.list_plans(limit=1000)["items"]
    if settings_of(ctx).as_json:
        output.print_json(items)
        return
    if not items:
        output.print_plain("No plans yet.")
        output.print_next("gateway plans create pro --price 20 --quota 30 --term 1month")
        return
    output.print_table(
        ["NAME", "PRICE", "TERM", "QUOTA", "RESET", "GROUP", "RUNNING", "SOLD"],
        [
            [
                one["name"], dollars(one["price"]), f"{one['term_count']} {one['term_unit']}", dollars(one["quota"]),
                one["reset"], one["group"] or "-", str(one["running"]),
                "yes" if one["enabled"] and one["public"] else "no",
            ]
            for one in items
        ],
        right=["PRICE", "QUOTA", "RUNNING"],
    )  # fmt: skip


@plans.command("create")
def create_plan(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Its name.", show_default=False)],
    price: Annotated[str, typer.Option("--price", metavar="USD", help="For a term.")],
    quota: Annotated[str, typer.Option("--quota", metavar="USD", help="For each period.")],
    term: Annotated[str, typer.Option("--term", metavar="1month", help="Number and hour, day, week, month, year.")] = (
        "1month"
    ),
    reset: Annotated[str, typer.Option("--reset", metavar="PERIOD", help="term, day, week or month.")] = "term",
    group: Annotated[str, typer.Option("--group", metavar="GROUP", help="The user's group while it runs.")] = "",
    rank: Annotated[int, typer.Option("--rank", help="A higher rank is an upgrade.")] = 0,
) -> None:
    """Make a plan."""
    count = term.rstrip("abcdefghijklmnopqrstuvwxyz")
    if not count.isdigit():
        raise misuse(f"--term {term!r} is not understood.", "Write --term 1month or --term 30day.")
    body = {
        "name": name, "price": "0" if price.strip() == "0" else usd(price), "quota": usd(quota),
        "term_count": int(count), "term_unit": term[len(count) :], "reset": reset,
        "group": group, "rank": rank,
    }  # fmt: skip
    with connect(ctx) as gateway:
        made = gateway.subscriptions.create_plan(shaped(PlanCreate, body))
    if settings_of(ctx).as_json:
        output.print_json(made)
        return
    each = f"{dollars(made['price'])} for {made['term_count']} {made['term_unit']}"
    output.print_done(f"Made plan {name}: {each}, {dollars(made['quota'])} each {made['reset']}.")


@plans.command("enable")
def enable_plan(ctx: typer.Context, plan: Plan) -> None:
    """Sell a plan again."""
    _switch(ctx, plan, on=True)


@plans.command("disable")
def disable_plan(ctx: typer.Context, plan: Plan) -> None:
    """Sell a plan no more; those who have it keep it, and renew it."""
    _switch(ctx, plan, on=False)


def _switch(ctx: typer.Context, plan: str, *, on: bool) -> None:
    with connect(ctx) as gateway:
        found = gateway.subscriptions.change_plan(plan, {"enabled": on})
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_done(f"Plan {found['name']} is {'sold' if on else 'sold no more'}.")


@subscriptions.command("list")
def list_subscriptions(
    ctx: typer.Context,
    user: Annotated[str | None, typer.Option("--user", metavar="NAME", help="Only of this user.")] = None,
    organisation: Annotated[
        str | None, typer.Option("--organisation", metavar="NAME", help="Only of this organisation.")
    ] = None,
    state: Annotated[str | None, typer.Option("--state", metavar="STATE", help="active or ended.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many, the newest first.")] = 50,
) -> None:
    """List subscriptions, the newest first."""
    asked: dict[str, Any] = {"user": user, "organisation": organisation, "state": state, "limit": limit, "sort": "-id"}
    with connect(ctx) as gateway:
        items = gateway.subscriptions.list_subscriptions(**asked)["items"]
    if settings_of(ctx).as_json:
        output.print_json(items)
        return
    if not items:
        output.print_plain("No subscriptions.")
        return
    output.print_table(
        ["ID", "OWNER", "PLAN", "STATE", "UNTIL", "RENEWS", "QUOTA", "AVAILABLE"],
        [
            [
                str(one["id"]), f"{one['scope']}:{one['owner'] or one['owner_id']}", one["plan"],
                one["ended_because"] or one["state"], output.time_text(one["paid_until"]),
                "yes" if one["renews"] else "no", dollars(one["quota"]),
                dollars(one["period"]["available"]) if one["period"] else "-",
            ]
            for one in items
        ],
        right=["ID", "QUOTA", "AVAILABLE"],
    )  # fmt: skip


@subscriptions.command("give")
def give(
    ctx: typer.Context,
    owner: Annotated[str, typer.Argument(help="user:NAME or organisation:NAME.", show_default=False)],
    plan: Plan,
    terms: Annotated[int, typer.Option("--terms", min=1, max=120, help="How many.")] = 1,
) -> None:
    """Give somebody terms of a plan for nothing."""
    scope, colon, name = owner.partition(":")
    if not colon or scope not in {"user", "organisation"} or not name:
        raise misuse(f"{owner!r} cannot have a subscription.", "Write user:NAME or organisation:NAME.")
    body = shaped(SubscriptionGive, {"plan": plan, "scope": scope, "owner": name, "terms": terms})
    with connect(ctx) as gateway:
        made = gateway.subscriptions.give_subscription(body)
    if settings_of(ctx).as_json:
        output.print_json(made)
        return
    output.print_done(f"{owner} has {made['plan']} until {output.time_text(made['paid_until'])}, id {made['id']}.")


@subscriptions.command("reset")
def reset_period(ctx: typer.Context, subscription: Number) -> None:
    """Give the present period its full quota back."""
    with connect(ctx) as gateway:
        found = gateway.subscriptions.reset_subscription(subscription)
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_done(f"Added {dollars(found['added'])} to subscription {subscription}.")


@subscriptions.command("end")
def end(
    ctx: typer.Context,
    subscription: Number,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for the audit log.")] = "",
    yes: Yes = False,
) -> None:
    """End a subscription now. Money goes back by a refund of its order."""
    with connect(ctx) as gateway:
        confirm(ctx, f"End subscription {subscription}?", yes=yes, interactive=secrets.can_ask())
        found = gateway.subscriptions.end_subscription(subscription, {"reason": reason})
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_done(f"Ended subscription {subscription} of {found['owner']}.")
