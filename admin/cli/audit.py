"""`gateway audit`: who changed what."""

from typing import TYPE_CHECKING, Annotated

import typer

from admin.cli import output
from admin.cli.options import connect, settings_of

if TYPE_CHECKING:
    from admin.client.shapes.audit import AuditChange


def audit(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Entries at most.")] = 50,
    actor: Annotated[str | None, typer.Option("--actor", help="Only by this one, such as user:ann.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only of this kind of object, such as key.")] = None,
    action: Annotated[str | None, typer.Option("--action", help="Only this action, or 'keys.' for a noun's.")] = None,
    search: Annotated[str | None, typer.Option("--search", help="Part of a name.")] = None,
) -> None:
    """Show who changed what, the newest first."""
    with connect(ctx) as gateway:
        items = gateway.audit.list_audit(limit=limit, actor=actor, kind=kind, action=action, q=search)["items"]
    if settings_of(ctx).as_json:
        output.print_json(items)
        return
    output.print_table(
        ["WHEN", "WHO", "DID", "TO", "CHANGES"],
        [
            [
                output.time_text(one["at"]),
                one["actor"],
                one["action"],
                one["object_name"] or one["object_id"],
                ", ".join(_change(each) for each in one["changes"][:3]) + (" ..." if one["changes"][3:] else ""),
            ]
            for one in items
        ],
    )


def _change(each: "AuditChange") -> str:
    return f"{each['field']}: {output.short(each['before'])} > {output.short(each['after'])}"
