"""`gateway channels`: upstream accounts."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from admin.cli import channel_place, output, secrets
from admin.cli.channel_place import Params, Protocols, Region, place_settings
from admin.cli.client import Gateway
from admin.cli.errors import misuse
from admin.cli.options import (
    Headers,
    Models,
    ProxySecretEnv,
    ProxySecretFile,
    SecretEnv,
    SecretFile,
    SecretValue,
    Yes,
    confirm,
    connect,
    parse_headers,
    parse_models,
    settings_of,
)
from admin.cli.shaped import shaped
from admin.client.shapes.channels import ChannelCreate, ChannelPatch, ChannelTest

if TYPE_CHECKING:
    from admin.client.shapes.channels import ChannelOut

app = typer.Typer(help="Upstream accounts: where requests go.", no_args_is_help=True)

ChannelName = Annotated[str, typer.Argument(help="Name or id.", show_default=False)]
_SETTINGS = ("connect_timeout_s", "first_byte_timeout_s", "idle_timeout_s", "proxy", "price_ratio")

_UNSET = ("base_url", *_SETTINGS, *channel_place.SETTINGS)

BaseUrl = Annotated[
    str | None, typer.Option("--base-url", help="Address of the upstream, in place of the provider's own.")
]
Priority = Annotated[int | None, typer.Option("--priority", help="Higher is tried first [default: 0].")]
Weight = Annotated[int | None, typer.Option("--weight", help="Share within one priority [default: 1].")]
ConnectTimeout = Annotated[float | None, typer.Option("--connect-timeout", metavar="SECONDS")]
FirstByteTimeout = Annotated[float | None, typer.Option("--first-byte-timeout", metavar="SECONDS")]
IdleTimeout = Annotated[float | None, typer.Option("--idle-timeout", metavar="SECONDS")]
Proxy = Annotated[str | None, typer.Option("--proxy", metavar="URL", help="HTTP or SOCKS proxy to the upstream.")]
PriceRatio = Annotated[
    str | None, typer.Option("--price-ratio", metavar="RATIO", help="Multiplies what its requests cost [default: 1].")
]
NoSecret = Annotated[bool, typer.Option("--no-secret", help="The upstream needs no secret; none is asked for.")]


def _settings(values: tuple[float | str | None, ...]) -> dict[str, Any]:
    return {name: value for name, value in zip(_SETTINGS, values, strict=True) if value is not None}


def _body(**fields: object) -> dict[str, Any]:
    """The fields that were given."""
    return {name: value for name, value in fields.items() if value is not None and value != {}}


def _proxy_secret(env: str | None, file: Path | None) -> str | None:
    return secrets.choose(env=env, file=file, value=None, what="proxy secret")


def _show(channel: "ChannelOut") -> None:
    output.print_pairs([
        ("name", channel["name"]),
        ("id", str(channel["id"])),
        ("provider", channel["provider"]),
        ("base url", channel["base_url"]),
        ("protocols", "\n".join(f"{name}: {url}" for name, url in channel["protocols"].items()) or "none"),
        ("secret", channel["secret_hint"] or "none"),
        ("proxy login", "set" if channel.get("has_proxy_secret") else "none"),
        ("models", "\n".join(output.models_text({name: up}) for name, up in channel["models"].items())),
        ("priority", str(channel["priority"])),
        ("weight", str(channel["weight"])),
        ("enabled", output.yes_no(channel["enabled"])),
        ("headers", "\n".join(f"{name}: {value}" for name, value in channel["headers"].items()) or "none"),
        ("settings", "\n".join(f"{name}: {output.short(v)}" for name, v in channel["settings"].items()) or "defaults"),
        ("origin", channel["origin"]),
        ("changed", output.time_text(channel["updated_at"])),
    ])  # fmt: skip


@app.command("add")
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What you call it.", show_default=False)],
    provider: Annotated[
        str, typer.Option("--provider", "-p", help="Its id or New API type number: `gateway providers`.")
    ],
    region: Region = None,
    param: Params = None,
    protocol: Protocols = None,
    base_url: BaseUrl = None,
    model: Models = None,
    secret_env: SecretEnv = None,
    secret_file: SecretFile = None,
    secret: SecretValue = None,
    no_secret: NoSecret = False,
    priority: Priority = None,
    weight: Weight = None,
    header: Headers = None,
    connect_timeout: ConnectTimeout = None,
    first_byte_timeout: FirstByteTimeout = None,
    idle_timeout: IdleTimeout = None,
    proxy: Proxy = None,
    price_ratio: PriceRatio = None,
    proxy_secret_env: ProxySecretEnv = None,
    proxy_secret_file: ProxySecretFile = None,
    disabled: Annotated[bool, typer.Option("--disabled", help="Add it without using it yet.")] = False,
) -> None:
    """Add a channel. Without a --secret option the secret is asked for, hidden."""
    with connect(ctx) as gateway:
        value = secrets.choose(env=secret_env, file=secret_file, value=secret, what="secret")
        if value is not None and no_secret:
            raise misuse("--no-secret contradicts the secret that was given.")
        if value is None and not no_secret and not _keyless(gateway, provider):
            if not secrets.can_ask():
                raise misuse("No secret given.", "Use --secret-env NAME, --secret-file FILE or --no-secret.")
            value = secrets.ask("Secret of the upstream account")
        body = _body(
            name=name,
            provider=provider,
            base_url=base_url,
            secret=value,
            proxy_secret=_proxy_secret(proxy_secret_env, proxy_secret_file),
            models=parse_models(model),
            priority=priority,
            weight=weight,
            headers=parse_headers(header),
            settings=_settings((connect_timeout, first_byte_timeout, idle_timeout, proxy, price_ratio))
            | place_settings(region, param, protocol),
            enabled=not disabled,
        )
        made = gateway.channels.create_channel(shaped(ChannelCreate, body))
    if settings_of(ctx).as_json:
        output.print_json(made)
        return
    output.print_done(f"Added channel {made['name']}, {made['provider']} at {made['base_url']}.")
    output.print_plain(f"  Models: {output.models_text(made['models'])}   Secret: {made['secret_hint'] or 'none'}")
    test = f"gateway channels test {_quoted(made['name'])}"
    if all("*" in public for public in made["models"]):
        test += " --model MODEL"
    output.print_next(test, "gateway keys create NAME")


def _keyless(gateway: Gateway, provider: str) -> bool:
    """Whether such servers usually run without a key, so that none is asked for."""
    row = gateway.providers.get_provider(provider)
    return row["kind"] == "own" and not row["secret"]


def _quoted(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").replace(".", "").isalnum() else f"'{name}'"


@app.command("list")
def list_all(ctx: typer.Context) -> None:
    """List channels in the order in which they are tried."""
    with connect(ctx) as gateway:
        found = list(gateway.channels.every_channels())
    if settings_of(ctx).as_json:
        output.print_json(found)
        return
    if not found:
        output.print_plain("No channels yet.")
        output.print_next("gateway channels add NAME --provider openai")
        return
    output.print_table(
        ["NAME", "PROVIDER", "BASE URL", "MODELS", "PRIORITY", "WEIGHT", "ENABLED", "SECRET"],
        [
            [
                channel["name"],
                channel["provider"],
                channel["base_url"],
                output.models_text(channel["models"]),
                str(channel["priority"]),
                str(channel["weight"]),
                output.yes_no(channel["enabled"]),
                channel["secret_hint"] or "none",
            ]
            for channel in found
        ],
        right=["PRIORITY", "WEIGHT"],
    )


@app.command("show")
def show(ctx: typer.Context, name: ChannelName) -> None:
    """Show one channel."""
    with connect(ctx) as gateway:
        channel = gateway.channels.get_channel(name)
    if settings_of(ctx).as_json:
        output.print_json(channel)
    else:
        _show(channel)


@app.command("edit")
def edit(
    ctx: typer.Context,
    name: ChannelName,
    rename: Annotated[str | None, typer.Option("--rename", metavar="NAME", help="The new name.")] = None,
    provider: Annotated[str | None, typer.Option("--provider", "-p")] = None,
    region: Region = None,
    param: Params = None,
    protocol: Protocols = None,
    base_url: BaseUrl = None,
    model: Models = None,
    secret_env: SecretEnv = None,
    secret_file: SecretFile = None,
    secret: SecretValue = None,
    no_secret: Annotated[bool, typer.Option("--no-secret", help="Remove the secret.")] = False,
    priority: Priority = None,
    weight: Weight = None,
    header: Headers = None,
    no_headers: Annotated[bool, typer.Option("--no-headers", help="Remove all extra headers.")] = False,
    connect_timeout: ConnectTimeout = None,
    first_byte_timeout: FirstByteTimeout = None,
    idle_timeout: IdleTimeout = None,
    proxy: Proxy = None,
    price_ratio: PriceRatio = None,
    proxy_secret_env: ProxySecretEnv = None,
    proxy_secret_file: ProxySecretFile = None,
    no_proxy_secret: Annotated[bool, typer.Option("--no-proxy-secret", help="Remove the proxy's login.")] = False,
    default: Annotated[
        list[str] | None, typer.Option("--default", metavar="SETTING", help=f"Unset one of: {', '.join(_UNSET)}.")
    ] = None,
) -> None:
    """Change what the options name. --model and --header replace the whole list."""
    value = secrets.choose(env=secret_env, file=secret_file, value=secret, what="secret")
    if value is not None and no_secret:
        raise misuse("--no-secret contradicts the secret that was given.")
    unset = dict.fromkeys(default or [])
    no_base_url = unset.pop("base_url", unset) is None
    settings = _settings((connect_timeout, first_byte_timeout, idle_timeout, proxy, price_ratio))
    settings |= place_settings(region, param, protocol)
    body = _body(
        name=rename,
        provider=provider,
        base_url=base_url,
        models=parse_models(model),
        secret=value,
        proxy_secret=_proxy_secret(proxy_secret_env, proxy_secret_file),
        priority=priority,
        weight=weight,
        headers=parse_headers(header),
        settings=unset | settings,
    )
    if no_secret:
        body["secret"] = None
    if no_base_url:
        body["base_url"] = None
    if no_proxy_secret:
        if "proxy_secret" in body:
            raise misuse("--no-proxy-secret contradicts the login that was given.")
        body["proxy_secret"] = None
    if no_headers:
        body["headers"] = {}
    if not body:
        raise misuse("Nothing to change.", "`gateway channels edit --help` lists what can be changed.")
    _change(ctx, name, body, "Changed")


def _change(ctx: typer.Context, name: str, body: dict[str, Any], verb: str) -> None:
    with connect(ctx) as gateway:
        channel = gateway.channels.change_channel(name, shaped(ChannelPatch, body))
    if settings_of(ctx).as_json:
        output.print_json(channel)
        return
    output.print_done(f"{verb} channel {channel['name']}.")
    _note_origin(channel)


def _note_origin(channel: "ChannelOut") -> None:
    if channel["origin"] == "apply":
        output.print_note(
            "Note: `gateway apply` manages this channel; change its file too, or the next apply undoes this."
        )


@app.command("test")
def probe(
    ctx: typer.Context,
    name: ChannelName,
    model: Annotated[str | None, typer.Option("--model", "-m", help="The model to ask for.")] = None,
    stream: Annotated[bool, typer.Option("--stream", help="Ask for a stream.")] = False,
) -> None:
    """Send one short request through a channel; exit code 1 when it fails."""
    with connect(ctx) as gateway:
        body = _body(model=model, stream=stream)
        found = gateway.channels.test_channel(name, shaped(ChannelTest, body))
    if settings_of(ctx).as_json:
        output.print_json(found)
    elif found["ok"]:
        output.print_done(
            f"{name} answered: HTTP {found['status']}, model {found['model']}, first byte after "
            f"{found['first_byte_ms']:.0f} ms, all after {found['milliseconds']:.0f} ms."
        )
    else:
        status = f"HTTP {found['status']}" if found["status"] else "no answer"
        output.print_bad(f"{name} failed: {status}, {found['error'] or 'unknown error'}, model {found['model']}.")
        if found["detail"]:
            output.print_plain(f"  {found['detail']}")
        output.print_next(f"gateway channels show {_quoted(name)}", f"gateway channels edit {_quoted(name)} --help")
    if not found["ok"]:
        raise typer.Exit(1)


@app.command("enable")
def enable(ctx: typer.Context, name: ChannelName) -> None:
    """Use a channel again."""
    _change(ctx, name, {"enabled": True}, "Enabled")


@app.command("disable")
def disable(ctx: typer.Context, name: ChannelName) -> None:
    """Stop using a channel and keep it. Requests that are using it finish."""
    _change(ctx, name, {"enabled": False}, "Disabled")


@app.command("remove")
def remove(ctx: typer.Context, name: ChannelName, yes: Yes = False) -> None:
    """Remove a channel with its secret."""
    with connect(ctx) as gateway:
        channel = gateway.channels.get_channel(name)
        question = f"Remove channel {channel['name']} with its secret?"
        confirm(ctx, question, yes=yes, interactive=secrets.can_ask())
        gateway.channels.delete_channel(str(channel["id"]))
    if settings_of(ctx).as_json:
        output.print_json({"removed": channel["name"]})
        return
    output.print_done(f"Removed channel {channel['name']}.")
    _note_origin(channel)
