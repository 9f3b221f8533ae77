"""`gateway bulk`: one change of many objects, each by itself, and what became of each."""

from typing import Annotated, Any

import msgspec
import typer

from admin.cli import output, secrets
from admin.cli.errors import misuse
from admin.cli.options import Yes, confirm, connect, settings_of

NOUNS = (
    "keys", "users", "channels", "models", "organisations", "teams", "budgets", "limits", "safety-rules", "targets",
    "webhooks", "announcements", "invitations", "roles", "plans", "prices", "tokens", "vendors", "subscriptions",
    "orders", "captures",
)  # fmt: skip
_PATHS = {"targets": "notifications/targets"}
_WITH_REASON = ("subscriptions", "orders")


def bulk(
    ctx: typer.Context,
    noun: Annotated[str, typer.Argument(help=", ".join(NOUNS), show_default=False)],
    action: Annotated[
        str, typer.Argument(help="enable, disable, delete, change ...: as the noun has it.", show_default=False)
    ],
    ids: Annotated[list[str], typer.Argument(help="Ids; of captures the requests' ids.", show_default=False)],
    values: Annotated[
        str | None, typer.Option("--values", metavar="JSON", help="For change: the fields as the API has them.")
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option("--reason", metavar="TEXT", help="Subscriptions, orders: why, for the audit log."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be changed.")] = False,
    yes: Yes = False,
) -> None:
    """Change many objects; exit code 1 when some were refused."""
    if noun not in NOUNS:
        raise misuse(f"{noun!r} is nothing that is changed so.", f"One of {', '.join(NOUNS)}.")
    body: dict[str, Any] = {**_meant(noun, ids), "action": action, "dry_run": dry_run}
    if reason is not None:
        if noun not in _WITH_REASON:
            raise misuse(f"{noun} take no --reason.", f"It is for {' and '.join(_WITH_REASON)}.")
        body["reason"] = reason
    if values is not None:
        try:
            body["values"] = msgspec.json.decode(values)
        except msgspec.DecodeError:
            raise misuse("--values is no JSON.", """Write --values '{"remark": "old"}'.""") from None
    if not dry_run:
        confirm(ctx, f"{action}: {len(set(ids))} {noun}?", yes=yes, interactive=secrets.can_ask())
    with connect(ctx) as gateway:
        done = gateway.call("POST", f"/api/v1/{_PATHS.get(noun, noun)}/bulk", body)
    if settings_of(ctx).as_json:
        output.print_json(done)
    else:
        output.print_done(f"{done['changed']} of {done['matched']} changed, {done['refused']} refused.")
        for one in done["results"]:
            if not one["ok"]:
                output.print_plain(f"  {one['id']}: {one['problem']}")
    if done["refused"]:
        raise typer.Exit(1)


def _meant(noun: str, given: list[str]) -> dict[str, list[str] | list[int]]:
    if noun == "captures":
        return {"request_ids": given}
    for one in given:
        if not (one.isascii() and one.isdigit() and int(one)):
            raise misuse(f"{one!r} is no id.", "Ids are numbers, as the list of the noun shows them.")
    return {"ids": [int(one) for one in given]}
