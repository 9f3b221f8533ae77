"""What the admin application needs from its surroundings; owns the shapes, `deployments.admin` fills them in.

It must not open anything itself: the tests hand in a real database and a fake probe.
"""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.providers.balances import Balance
from adapters.providers.row import Provider
from adapters.registry import PROVIDERS
from admin.mail import Mailer
from admin.options.store import Options
from admin.outbound import Outbound
from admin.sessions import Sessions
from storage.crypto import SecretBox
from storage.pricing import Counts


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """How one test request to a channel ended; times are milliseconds, `status` is 0 when nothing answered.

    `error` is a class ("" when ok), `detail` one sentence that is safe to show. `said` is how the provider's answer
    begins, for rules on its words; it is shown to nobody.
    """

    ok: bool
    status: int
    milliseconds: float
    first_byte_ms: float
    model: str
    error: str = ""
    detail: str = ""
    said: bytes = b""


@dataclass(frozen=True, slots=True)
class RouteQuestion:
    """A request that is asked about. `key_id` 0: a key that may use everything."""

    model: str
    protocol: str
    operation: str
    stream: bool
    key_id: int


@dataclass(frozen=True, slots=True)
class TaskSeen:
    """What a provider says of an asynchronous task. `known` is false when it has none of that id.

    `state` is in the words of storage/repositories/tasks.py, "" when that cannot be read. `counts` is all that it has
    counted, None: nothing yet.
    """

    known: bool
    state: str = ""
    ended: bool = False
    counts: Counts | None = None
    model: str = ""
    finish_reason: str = ""


class ChannelAskError(Exception):
    """A channel's provider did not tell what it was asked; the text is one sentence that is safe to show."""


async def _untold(_channel_id: int) -> Any:  # noqa: ANN401  # of whatever is asked
    raise ChannelAskError("Nobody here reaches providers.")


async def _unheard(_channel_ids: Sequence[int]) -> int:
    raise ConnectionError("nobody here reaches replicas")


async def _unasked(*_question: object, **_more: object) -> TaskSeen:
    raise ChannelAskError("Nobody here reaches providers.")


async def _nowhere() -> dict[str, Any]:
    return {}


async def _unexplained(_question: RouteQuestion) -> dict[str, Any]:
    raise RuntimeError("nobody here knows the routes")


def _now() -> int:
    return int(time.time())


@dataclass(frozen=True, slots=True)
class Services:
    """The surroundings of the admin application.

    Attributes:
        sessions: opens database sessions.
        box: seals and opens channel secrets.
        version: the gateway's version.
        notify: tells the Router that something changed; must not raise when the Router is away.
        probe: (channel id, model, stream, endpoint=, key_id=) -> result of one request to that channel.
        balance: channel id -> what is left on its account, as its provider says; raises ChannelAskError.
        upstream_models: channel id -> the models that its provider says it has; raises ChannelAskError.
        retry: channel ids -> how many replicas are told to use them again at once; raises when the Router is away.
        task: (kind, channel id, which of its keys or 0, the task's id there, cancel=) -> what the provider says of it;
            raises ChannelAskError.
        status: the Router's view (table version, replicas, journal depth, breakers).
        machine: this process, its disk, Redis, as far as known; see deployments/machine.py.
        providers: the catalogue, by id.
        explain_route: what would be done with a request, in the shape of admin/schemas/route.py.
        options: settings that are changed while the gateway runs.
        http: calls to addresses that people typed in; private networks are refused.
        clock: unix seconds.
    """

    sessions: Sessions
    box: SecretBox
    version: str
    notify: Callable[[], Awaitable[None]]
    probe: Callable[..., Awaitable[ProbeResult]]
    status: Callable[[], Awaitable[dict[str, Any]]]
    options: Options
    http: Outbound
    providers: Mapping[str, Provider] = field(default_factory=lambda: PROVIDERS)
    explain_route: Callable[[RouteQuestion], Awaitable[dict[str, Any]]] = _unexplained
    clock: Callable[[], int] = _now
    balance: Callable[[int], Awaitable[Balance]] = _untold
    upstream_models: Callable[[int], Awaitable[list[str]]] = _untold
    machine: Callable[[], Awaitable[dict[str, Any]]] = _nowhere
    task: Callable[..., Awaitable[TaskSeen]] = _unasked
    retry: Callable[[Sequence[int]], Awaitable[int]] = _unheard

    @property
    def mail(self) -> Mailer:
        """Sends e-mail, as the options say."""
        return Mailer(self.options)
