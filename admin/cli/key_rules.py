"""`gateway keys rotate` and `gateway keys restrict`: a new value, and where and for what a key may be used."""

from typing import TYPE_CHECKING, Annotated

import typer

from adapters.endpoint_names import ENDPOINTS
from admin.cli import keys, output
from admin.cli.errors import misuse
from admin.cli.options import connect, settings_of

if TYPE_CHECKING:
    from admin.client.shapes.keys import KeyPatch

app = keys.app
"""The commands here are added to those of keys."""

KeyName = Annotated[str, typer.Argument(metavar="NAME", help="Name or id of the key.", show_default=False)]


@app.command("rotate")
def rotate(
    ctx: typer.Context,
    name: KeyName,
    overlap: Annotated[
        int, typer.Option("--overlap", metavar="SECONDS", min=0, help="The old value goes on working so long.")
    ] = 0,
) -> None:
    """Give a key a new value and show it, once."""
    with connect(ctx) as gateway:
        made = gateway.keys.rotate_key(name, {"overlap_s": overlap})
    if settings_of(ctx).as_json:
        output.print_json(made)
        return
    until = f"until {output.time_text(made['old_until'])}" if made["old_until"] else "no more"
    output.print_done(f"Key {made['name']} has a new value; the old one works {until}.")
    output.print_plain()
    output.print_plain(f"  {made['key']}")
    output.print_plain()
    output.print_plain("Keep it now: the gateway stores only its hash and cannot show it again.")


@app.command("restrict")
def restrict(
    ctx: typer.Context,
    name: KeyName,
    endpoint: Annotated[
        list[str] | None,
        typer.Option("--endpoint", metavar="ENDPOINT", help=f"Of {', '.join(ENDPOINTS)}; repeat for more."),
    ] = None,
    network: Annotated[
        list[str] | None, typer.Option("--network", metavar="CIDR", help="Where from; repeat for more.")
    ] = None,
    any_endpoint: Annotated[bool, typer.Option("--any-endpoint", help="For everything.")] = False,
    any_network: Annotated[bool, typer.Option("--any-network", help="From everywhere.")] = False,
) -> None:
    """Set where and for what a key may be used."""
    if (endpoint and any_endpoint) or (network and any_network):
        raise misuse("Name what is allowed, or allow everything, not both.")
    body: KeyPatch = {}
    if endpoint or any_endpoint:
        body["endpoints"] = endpoint or None
    if network or any_network:
        body["networks"] = network or None
    if not body:
        raise misuse("Nothing to change.", "`gateway keys restrict --help` lists what can be set.")
    with connect(ctx) as gateway:
        key = gateway.keys.change_key(name, body)
    if settings_of(ctx).as_json:
        output.print_json(key)
        return
    output.print_done(f"Changed key {key['name']}.")
    output.print_plain(f"  Endpoints: {', '.join(key['endpoints'] or ['all'])}")
    output.print_plain(f"  Networks: {', '.join(key['networks'] or ['all'])}")
