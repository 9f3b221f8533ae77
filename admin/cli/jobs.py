"""`gateway jobs` and `gateway webhooks`: what runs in the background, and where events go."""

from typing import Annotated

import typer

from admin.cli import output, secrets
from admin.cli.options import Yes, confirm, connect, settings_of

jobs = typer.Typer(help="Background jobs.", no_args_is_help=True)
webhooks = typer.Typer(help="Outgoing webhooks.", no_args_is_help=True)

JobId = Annotated[int, typer.Argument(min=1, help="Id, as `gateway jobs list` shows it.", show_default=False)]
HookId = Annotated[int, typer.Argument(min=1, help="Id, as `gateway webhooks list` shows it.", show_default=False)]


@jobs.command("list")
def list_jobs(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many, the newest first.")] = 20,
) -> None:
    """List jobs that were started, the newest first."""
    with connect(ctx) as gateway:
        items = gateway.jobs.list_jobs(limit=limit, sort="-id")["items"]
    if settings_of(ctx).as_json:
        output.print_json(items)
        return
    if not items:
        output.print_plain("No jobs.")
        return
    output.print_table(
        ["ID", "KIND", "STATE", "DONE", "BY", "STARTED", "ERROR"],
        [
            [
                str(one["id"]), one["kind"], one["state"], f"{one['done']}/{one['total'] or '?'}", one["actor"],
                output.time_text(one["started_at"]) if one["started_at"] else "-", one["error"] or "-",
            ]
            for one in items
        ],
        right=["ID"],
    )  # fmt: skip


@jobs.command("schedules")
def schedules(ctx: typer.Context) -> None:
    """List jobs that run by the clock."""
    with connect(ctx) as gateway:
        items = gateway.jobs.list_schedules()["items"]
    if settings_of(ctx).as_json:
        output.print_json(items)
        return
    output.print_table(
        ["NAME", "LAST", "NEXT", "RUNS", "FAILURES", "ERROR"],
        [
            [
                one["name"], output.time_text(one["started_at"]) if one["started_at"] else "-",
                "now" if one["running"] else output.time_text(one["next_at"]) if one["next_at"] else "-",
                str(one["runs"]), str(one["failures"]), one["error"] or "-",
            ]
            for one in items
        ],
        right=["RUNS", "FAILURES"],
    )  # fmt: skip


@jobs.command("run")
def run(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="As `gateway jobs schedules` shows it.", show_default=False)],
) -> None:
    """Run a periodic job within seconds, before its time."""
    with connect(ctx) as gateway:
        gateway.jobs.run_schedule(name)
    if settings_of(ctx).as_json:
        output.print_json({"runs": name})
        return
    output.print_done(f"{name} runs within seconds.")


@jobs.command("cancel")
def cancel(ctx: typer.Context, job: JobId) -> None:
    """Ask a job to stop; what it has done stays."""
    with connect(ctx) as gateway:
        found = gateway.jobs.cancel_job(job)
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_done(f"Job {job} {'is cancelled' if found['state'] == 'cancelled' else 'stops'}.")


@webhooks.command("list")
def list_webhooks(ctx: typer.Context) -> None:
    """List webhooks."""
    with connect(ctx) as gateway:
        items = gateway.webhooks.list_webhooks(limit=1000)["items"]
    if settings_of(ctx).as_json:
        output.print_json(items)
        return
    if not items:
        output.print_plain("No webhooks yet.")
        output.print_next("gateway webhooks create NAME https://hooks.example.com/gateway")
        return
    output.print_table(
        ["ID", "NAME", "URL", "EVENTS", "STATE"],
        [
            [
                str(one["id"]), one["name"], one["url"], " ".join(one["events"]),
                "on" if one["enabled"] else one["disabled_because"] or "off",
            ]
            for one in items
        ],
        right=["ID"],
    )  # fmt: skip


@webhooks.command("create")
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Its name.", show_default=False)],
    url: Annotated[str, typer.Argument(help="Where events are posted to.", show_default=False)],
    event: Annotated[
        list[str] | None, typer.Option("--event", metavar="KIND", help="A kind, noun.* or *; repeat for more.")
    ] = None,
) -> None:
    """Make a webhook of the gateway. Its secret is shown once."""
    with connect(ctx) as gateway:
        made = gateway.webhooks.create_webhook({"name": name, "url": url, "events": event or ["*"]})
    if settings_of(ctx).as_json:
        output.print_json(made)
        return
    output.print_done(f"Made webhook {made['id']}. Its secret, shown this once:")
    output.print_plain(made["secret"] or "")


@webhooks.command("test")
def test(ctx: typer.Context, webhook: HookId) -> None:
    """Send a test event."""
    with connect(ctx) as gateway:
        found = gateway.webhooks.test_webhook(webhook)
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_done(f"Event {found['message_id']} is on its way.")
    output.print_next(f"gateway webhooks deliveries {webhook}")


@webhooks.command("deliveries")
def deliveries(
    ctx: typer.Context,
    webhook: HookId,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many, the newest first.")] = 20,
) -> None:
    """List what was sent, the newest first."""
    with connect(ctx) as gateway:
        found = gateway.webhooks.list_webhook_deliveries(webhook, limit=limit, sort="-id")["items"]
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    if not found:
        output.print_plain("Nothing was sent yet.")
        return
    output.print_table(
        ["ID", "EVENT", "STATE", "TRIES", "STATUS", "MS", "MADE", "PROBLEM"],
        [
            [
                str(one["id"]), one["event"], one["state"], str(one["attempts"]), str(one["status"] or "-"),
                str(one["milliseconds"]), output.time_text(one["created_at"]), one["problem"] or "-",
            ]
            for one in found
        ],
        right=["ID", "TRIES", "STATUS", "MS"],
    )  # fmt: skip


@webhooks.command("remove")
def remove(ctx: typer.Context, webhook: HookId, yes: Yes = False) -> None:
    """Remove a webhook with the record of its deliveries."""
    with connect(ctx) as gateway:
        confirm(ctx, f"Remove webhook {webhook}?", yes=yes, interactive=secrets.can_ask())
        gateway.webhooks.delete_webhook(webhook)
    if settings_of(ctx).as_json:
        output.print_json({"removed": webhook})
        return
    output.print_done(f"Removed webhook {webhook}.")
