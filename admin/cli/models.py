"""`gateway models` and `gateway vendors`: what is known of models, who sees them, and who makes them."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from admin.cli import output, secrets
from admin.cli.errors import misuse
from admin.cli.options import Yes, confirm, connect, settings_of
from admin.cli.shaped import shaped
from admin.client.shapes.models import ModelCreate, ModelPatch, VendorCreate

if TYPE_CHECKING:
    from admin.client.shapes.models import ModelOut

models = typer.Typer(help="Models: what is known of them, and who sees them.", no_args_is_help=True)
vendors = typer.Typer(help="Vendors: who makes models.", no_args_is_help=True)

ModelName = Annotated[str, typer.Argument(help="Name or id.", show_default=False)]
Query = Annotated[str | None, typer.Argument(help="Part of a name.", show_default=False)]
Title = Annotated[str | None, typer.Option("--title", help="As people read it.")]
Vendor = Annotated[str | None, typer.Option("--vendor", metavar="NAME", help='Who makes it; "" for nobody.')]
Visibility = Annotated[str | None, typer.Option("--visibility", help="public, users or hidden.")]
Aliases = Annotated[list[str] | None, typer.Option("--alias", help="Another public name; repeat for more.")]
Capabilities = Annotated[list[str] | None, typer.Option("--capability", help="vision, tools ...; repeat for more.")]
Context = Annotated[int | None, typer.Option("--context", metavar="TOKENS", help="What fits into it at once.")]
MaxOutput = Annotated[int | None, typer.Option("--max-output", metavar="TOKENS", help="What it answers at most.")]
Link = Annotated[str | None, typer.Option("--link", metavar="URL", help="Where to read about it.")]


def _fields(**given: Any) -> dict[str, Any]:  # noqa: ANN401  # options of several types
    found = {name: value for name, value in given.items() if value is not None}
    if found.get("vendor") == "":
        found["vendor"] = None
    return found


@models.command("list")
def list_models(
    ctx: typer.Context,
    q: Query = None,
    vendor: Annotated[str | None, typer.Option("--vendor", metavar="NAME", help="Only of this one.")] = None,
) -> None:
    """List what is known of models."""
    with connect(ctx) as gateway:
        items = list(gateway.models.every_models(q=q, vendor=vendor))
    if settings_of(ctx).as_json:
        output.print_json(items)
        return
    output.print_table(
        ["NAME", "VENDOR", "VISIBLE", "CONTEXT", "OUTPUT", "ALIASES"],
        [
            [
                one["name"],
                one["vendor"] or "-",
                one["visibility"],
                str(one["context_tokens"] or "-"),
                str(one["output_tokens"] or "-"),
                ", ".join(one["aliases"]),
            ]
            for one in items
        ],
        right=["CONTEXT", "OUTPUT"],
    )


@models.command("missing")
def missing(ctx: typer.Context) -> None:
    """List names that channels serve and nothing is known of."""
    with connect(ctx) as gateway:
        found = gateway.models.missing_models()
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    for name in (*found["names"], *found["globs"]):
        output.print_plain(name)


@models.command("add")
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The public name.", show_default=False)],
    title: Title = None,
    vendor: Vendor = None,
    visibility: Visibility = None,
    alias: Aliases = None,
    capability: Capabilities = None,
    context: Context = None,
    max_output: MaxOutput = None,
) -> None:
    """Say what is known of a model."""
    body = _fields(
        name=name, title=title, vendor=vendor, visibility=visibility, aliases=alias or None,
        capabilities=capability or None, context_tokens=context, output_tokens=max_output,
    )  # fmt: skip
    with connect(ctx) as gateway:
        made = gateway.models.create_model(shaped(ModelCreate, body))
    _done(ctx, made, f"Added the model {made['name']}.")


@models.command("edit")
def edit(
    ctx: typer.Context,
    name: ModelName,
    title: Title = None,
    vendor: Vendor = None,
    visibility: Visibility = None,
    alias: Aliases = None,
    capability: Capabilities = None,
    context: Context = None,
    max_output: MaxOutput = None,
) -> None:
    """Change what the options name. --alias and --capability replace the whole list."""
    body = _fields(
        title=title, vendor=vendor, visibility=visibility, aliases=alias or None, capabilities=capability or None,
        context_tokens=context, output_tokens=max_output,
    )  # fmt: skip
    if not body:
        raise misuse("Nothing to change.", "`gateway models edit --help` lists what can be changed.")
    with connect(ctx) as gateway:
        found = gateway.models.change_model(name, shaped(ModelPatch, body))
    _done(ctx, found, f"Changed the model {found['name']}.")


def _done(ctx: typer.Context, found: "ModelOut", said: str) -> None:
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    output.print_done(said)


@models.command("remove")
def remove(ctx: typer.Context, name: ModelName, yes: Yes = False) -> None:
    """Forget what is known of a model. Channels go on serving it; its aliases end."""
    with connect(ctx) as gateway:
        found = gateway.models.get_model(name)
        confirm(ctx, f"Forget the model {found['name']}?", yes=yes, interactive=secrets.can_ask())
        gateway.models.delete_model(str(found["id"]))
    _done(ctx, found, f"Removed the model {found['name']}.")


@vendors.command("list")
def list_vendors(ctx: typer.Context, q: Query = None) -> None:
    """List vendors."""
    with connect(ctx) as gateway:
        items = list(gateway.models.every_vendors(q=q))
    if settings_of(ctx).as_json:
        output.print_json(items)
        return
    output.print_table(["NAME", "ICON", "LINK"], [[one["name"], one["icon"], one["link"]] for one in items])


@vendors.command("add")
def add_vendor(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Its name.", show_default=False)],
    icon: Annotated[str | None, typer.Option("--icon", help="A key of the console's icons.")] = None,
    link: Link = None,
) -> None:
    """Add a vendor."""
    with connect(ctx) as gateway:
        made = gateway.models.create_vendor(shaped(VendorCreate, _fields(name=name, icon=icon, link=link)))
    if settings_of(ctx).as_json:
        output.print_json(made)
        return
    output.print_done(f"Added the vendor {made['name']}.")


@vendors.command("remove")
def remove_vendor(ctx: typer.Context, name: ModelName, yes: Yes = False) -> None:
    """Remove a vendor that no model names."""
    with connect(ctx) as gateway:
        found = gateway.models.get_vendor(name)
        confirm(ctx, f"Remove the vendor {found['name']}?", yes=yes, interactive=secrets.can_ask())
        gateway.models.delete_vendor(str(found["id"]))
    if settings_of(ctx).as_json:
        output.print_json({"removed": found["name"]})
        return
    output.print_done(f"Removed the vendor {found['name']}.")
