"""What the admin application needs from its surroundings; owns the shapes, `deployments.admin` fills them in.

It must not open anything itself: the tests hand in a real database and a fake probe.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from admin.sessions import Sessions
from storage.crypto import SecretBox


@dataclass(frozen=True, slots=True)
class ProviderInfo:
    """One row of the provider registry, as far as an operator needs it; `base_url` is "" when there is no default."""

    id: str
    name: str
    family: str
    base_url: str


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """How one test request to a channel ended; times are milliseconds, `status` is 0 when nothing answered.

    `error` is a class ("" when ok), `detail` one sentence that is safe to show.
    """

    ok: bool
    status: int
    milliseconds: float
    first_byte_ms: float
    model: str
    error: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Services:
    """The surroundings of the admin application.

    Attributes:
        sessions: opens database sessions.
        box: seals and opens channel secrets.
        version: the gateway's version.
        notify: tells the Router that something changed; must not raise when the Router is away.
        probe: (channel id, model, stream) -> result of one request to that channel.
        status: the Router's view (table version, replicas, journal depth, breakers).
        providers: the provider registry.
    """

    sessions: Sessions
    box: SecretBox
    version: str
    notify: Callable[[], Awaitable[None]]
    probe: Callable[[int, str, bool], Awaitable[ProbeResult]]
    status: Callable[[], Awaitable[dict[str, Any]]]
    providers: list[ProviderInfo] = field(default_factory=list)
