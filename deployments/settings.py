"""Every number and name that an operator may want to turn.

The `args` of serve_config.yaml, checked once when the application is built.

Environment variables override the file for what differs between machines and for secrets, and are read here and nowhere
else. `python -m deployments.settings --markdown` prints the documentation in docs/settings.md.
"""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin
from urllib.parse import urlsplit

import msgspec
from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo

from adapters.registry import PROVIDERS
from deployments.idempotency_rules import Rules as Idempotency
from deployments.settings_fetch import Fetch
from deployments.settings_group import Group, Seconds
from deployments.settings_quota import Quota
from deployments.settings_responses import Responses
from deployments.settings_sizes import Retention, Sizes

ENVIRONMENT = {
    "GATEWAY_PORT": "port",
    "GATEWAY_HOST": "host",
    "GATEWAY_DATA": "data",
    "GATEWAY_DATABASE_URL": "database_url",
    "GATEWAY_REDIS_URL": "redis_url",
    "GATEWAY_CONSOLE": "console",
}
"""Variable -> setting it overrides. Secrets are never settings: see `secret_key` and `admin_token`."""

_PASSWORD = re.compile(r"://[^@/\s]*@")
"""User and password of an address: an error message is no place for them."""


class SettingsError(ValueError):
    """A setting is wrong; the message names it, its value and what is allowed."""


class Scale(Group):
    """How many replicas of a deployment run.

    Serve adds replicas when there are more open requests than `target_open_requests` for each.
    """

    min_replicas: int = Field(1, ge=1, le=1000, description="Replicas that always run.")
    max_replicas: int = Field(
        2, ge=1, le=1000, description="Most replicas; equal to min_replicas switches autoscaling off."
    )
    target_open_requests: float = Field(
        200.0, gt=0, le=1_000_000, description="Open requests a replica should have on average."
    )
    upscale_delay_s: Seconds = Field(5.0, description="How long the need must last before replicas are added.")
    downscale_delay_s: Seconds = Field(120.0, description="How long replicas must be idle before some are drained.")
    num_cpus: float = Field(
        0.0, ge=0, le=256, description="CPUs that Ray reserves for each replica (0: none, fits on a laptop)."
    )

    @model_validator(mode="after")
    def _ordered(self) -> "Scale":
        if self.min_replicas > self.max_replicas:
            raise ValueError(f"min_replicas ({self.min_replicas}) must not be above max_replicas ({self.max_replicas})")
        return self


class Adapters(Group):
    """Where the adapter of a provider family runs.

    `inline` in the ingress replica, `pool` in Adapter replicas of its own.
    """

    placement: Literal["inline", "pool"] = Field(
        "inline", description="inline: in the ingress replica; pool: own autoscaling deployment."
    )
    scale: Scale = Field(Scale(), description="Replicas of the pool (only for placement: pool).")


class Breaker(Group):
    """When a channel rests: it is used then only when nothing else is left."""

    failures: int = Field(5, ge=1, le=1000, description="Failures in a row after which a channel rests.")
    rest_s: Seconds = Field(15.0, description="How long it rests; one more failure after that sends it back.")


class OnOutage(Group):
    """What happens to requests under a limit while the authority of rates is away.

    `open`: each replica counts for itself; `closed`: 503, but for what it still holds.
    """

    requests: Literal["open", "closed"] = Field("open", description="Limits of requests.")
    tokens: Literal["open", "closed"] = Field("open", description="Limits of tokens.")
    concurrent: Literal["open", "closed"] = Field("open", description="Limits of requests at one time.")


class Rates(Group):
    """Rate limits: their authority is Redis where `redis_url` is set, else the Router."""

    timeout_s: Annotated[float, Field(gt=0, le=10)] = Field(
        0.5, description="How long a request may wait for the authority; later than that it counts as away."
    )
    on_outage: OnOutage = Field(OnOutage())


class Timeouts(Group):
    """Bounds in seconds. A channel may set its own connect, first_byte and idle timeout."""

    connect_s: Seconds = Field(10.0, description="Opening a connection to a provider.")
    first_byte_s: Seconds = Field(
        300.0, description="From sending a request to the first byte of the answer (a whole answer, if not streamed)."
    )
    idle_s: Seconds = Field(120.0, description="Silence in the middle of an answer.")
    retry_budget_s: Seconds = Field(
        60.0, description="No further channel is tried later than this after a request arrived."
    )
    drain_s: Annotated[float, Field(gt=0, le=25)] = Field(
        20.0,
        description="How long open streams may go on after a stop; then they end with an error event. "
        "`serve run` itself waits 30 s at most.",
    )
    ping_s: Seconds = Field(
        15.0, description="Silence in a stream after which the client is sent what it ignores, to keep it open."
    )
    client_idle_s: Seconds = Field(75.0, description="An idle keep-alive connection of a client.")
    client_read_s: Seconds = Field(30.0, description="A client that sends its request and pauses.")
    client_write_s: Seconds = Field(60.0, description="A client that does not read its answer.")


class Settings(Group):
    """The `args` of the application in serve_config.yaml."""

    host: str = Field(
        "127.0.0.1", min_length=1, description="Address to listen on; 0.0.0.0 or :: opens the gateway to the network."
    )
    port: int = Field(8000, ge=1, le=65535, description="Port of API, admin API and console.")
    internal_host: str = Field(
        "127.0.0.1",
        description="Address for the internal ports of Admin and Adapter replicas; "
        "on several nodes 'node': each node's own address.",
    )
    data: str = Field(
        "./data", min_length=1, description="Directory for the database file, the key file and the journals."
    )
    database_url: str = Field(
        "", description="sqlite:///..., postgresql://..., mysql://...; empty: gateway.db in the data directory."
    )
    redis_url: str = Field(
        "", description="redis://, rediss:// or unix://, shared counts of rate limits; empty: the Router counts."
    )
    ingress: Scale = Field(Scale(), description="Replicas of the data plane.")
    adapters: dict[str, Adapters] = Field(
        {}, description="Placement by provider family, e.g. {openai: {placement: pool}}."
    )
    breaker: Breaker = Field(Breaker())
    timeouts: Timeouts = Field(Timeouts())
    rates: Rates = Field(Rates())
    quota: Quota = Field(Quota())
    sizes: Sizes = Field(Sizes())
    retention: Retention = Field(Retention())
    idempotency: Idempotency = Field(Idempotency())
    fetch: Fetch = Field(Fetch())
    responses: Responses = Field(Responses())
    options: dict[str, dict[str, Any]] = Field(
        {}, description="Defaults of what the console can change, by area: docs/options.md."
    )
    max_attempts: int = Field(
        4, ge=1, le=20, description="Channels tried for one request, as long as no byte has gone to the client."
    )
    key_cache: int = Field(100_000, ge=100, le=10_000_000, description="Keys that a replica remembers.")
    key_cache_s: Seconds = Field(
        600.0,
        description="How long a replica trusts a remembered key without asking again "
        "(changes are pushed within a second).",
    )
    router_poll_s: Seconds = Field(
        2.0, description="How often the Router looks into the database for changes made elsewhere."
    )
    admin: bool = Field(True, description="Whether this address also serves the admin API and the console.")
    console: Literal["background", "wait", "off"] = Field(
        "background",
        description="When a start builds a console that is not there: beside the gateway, before it, not at all.",
    )
    metrics: Literal["loopback", "open", "off"] = Field(
        "loopback", description="Who may read /metrics: this machine, everybody, nobody."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What the deployments log.")

    @field_validator("console", "metrics", mode="before")
    @classmethod
    def _off_in_yaml(cls, value: object) -> object:
        """YAML reads a bare `off` as false."""
        return "off" if value is False else value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite", "postgresql", "postgres:", "mysql", "mariadb")):
            raise ValueError("must start with sqlite:///, postgresql:// or mysql://")
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must start with redis://, rediss:// or unix://")
        try:
            _ = urlsplit(value).port
        except ValueError:
            raise ValueError("names a port that is no number from 0 to 65535") from None
        return value

    @field_validator("adapters")
    @classmethod
    def _known_families(cls, value: dict[str, Adapters]) -> dict[str, Adapters]:
        families = sorted({row.pool for row in PROVIDERS.values()})
        for name in value:
            if name not in families:
                raise ValueError(f"unknown provider family {name!r}; known: {', '.join(families)}")
        return value

    @property
    def data_dir(self) -> Path:
        """The data directory as an absolute path."""
        return Path(self.data).expanduser().resolve()

    @property
    def database(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.data_dir / 'gateway.db'}"

    def pooled(self) -> dict[str, Scale]:
        """Families that have an Adapter deployment of their own."""
        return {family: row.scale for family, row in self.adapters.items() if row.placement == "pool"}


def load(args: Mapping[str, Any] | None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the args of serve_config.yaml and the environment. Raises SettingsError."""
    merged: dict[str, Any] = dict(args or {})
    for variable, name in ENVIRONMENT.items():
        if environ.get(variable):
            merged[name] = environ[variable]
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(dict(item)) for item in error.errors())) from None


def option_variables(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables GATEWAY_OPTION_AREA__NAME: options of the console that the environment decides."""
    return {name: value for name, value in environ.items() if name.startswith("GATEWAY_OPTION_")}


def secret_key(environ: Mapping[str, str] = os.environ) -> str | None:
    """GATEWAY_SECRET_KEY: the master key that encrypts channel secrets; None: the key file in the data directory."""
    return environ.get("GATEWAY_SECRET_KEY") or None


def admin_token(environ: Mapping[str, str] = os.environ) -> str | None:
    """GATEWAY_ADMIN_TOKEN: the first administrator's token; None: one is made at the first start and shown once."""
    return environ.get("GATEWAY_ADMIN_TOKEN") or None


def trusted_proxies(settings: Settings, environ: Mapping[str, str] = os.environ) -> list[str]:
    """The option network.trusted_proxies of the file or the environment; the console's is in the database."""
    given = settings.options.get("network", {}).get("trusted_proxies", [])
    text = environ.get("GATEWAY_OPTION_NETWORK__TRUSTED_PROXIES")
    if text:
        try:
            given = msgspec.json.decode(text)
        except msgspec.DecodeError:
            return []  # the Admin refuses to start and says why
    return [str(item) for item in given] if isinstance(given, list) else []


def _sentence(item: dict[str, Any]) -> str:
    name = ".".join(str(part) for part in item["loc"]) or "args"
    if item["type"] == "extra_forbidden":
        return f"serve_config.yaml: unknown setting '{name}'; see docs/settings.md for the known ones."
    message = str(item["msg"]).removeprefix("Value error, ")
    value = item["input"] if not isinstance(item["input"], dict) else "{...}"
    if isinstance(value, str):
        value = _PASSWORD.sub("://***@", value)
    if "[type=" in message:
        message = message.split("[type=")[0]
    return f"serve_config.yaml: setting '{name}' is {value!r}: {message[0].lower()}{message[1:]}."


def markdown() -> str:
    """docs/settings.md: every setting with its default, bounds and meaning."""
    lines = [
        "# Settings",
        "",
        "The `args` of the application in `serve_config.yaml`.",
        "Generated by `python -m deployments.settings --markdown`.",
        "",
        "| setting | default | allowed | meaning |",
        "|---|---|---|---|",
    ]
    lines += _rows(Settings, "")
    lines += ["", "Environment variables, stronger than the file:", "", "| variable | meaning |", "|---|---|"]
    lines += [f"| `{variable}` | overrides `{name}` |" for variable, name in ENVIRONMENT.items()]
    lines.append(f"| `GATEWAY_SECRET_KEY` | {(secret_key.__doc__ or '').split(': ', 1)[1].splitlines()[0]} |")
    lines.append(f"| `GATEWAY_ADMIN_TOKEN` | {(admin_token.__doc__ or '').split(': ', 1)[1].splitlines()[0]} |")
    return "\n".join(lines) + "\n"


def _rows(model: type[BaseModel], prefix: str) -> list[str]:
    rows = []
    for name, field in model.model_fields.items():
        group = field.annotation
        if isinstance(group, type) and issubclass(group, BaseModel):
            rows += _rows(group, f"{prefix}{name}.")
            continue
        default = "" if field.default == "" else f"`{field.default}`"
        rows.append(f"| `{prefix}{name}` | {default} | {_allowed(field)} | {field.description or ''} |")
    if model is Settings:
        rows += _rows(Adapters, "adapters.<family>.")
    return rows


def _allowed(field: FieldInfo) -> str:
    signs = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}
    bounds = [
        f"{sign} {getattr(rule, attribute)}"
        for rule in field.metadata
        for attribute, sign in signs.items()
        if getattr(rule, attribute, None) is not None
    ]
    if get_origin(field.annotation) is Literal:
        bounds = [" or ".join(f"`{value}`" for value in get_args(field.annotation))]
    return ", ".join(bounds)


if __name__ == "__main__":
    sys.stdout.write(markdown())
