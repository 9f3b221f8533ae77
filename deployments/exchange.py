"""The facts of one request while it is on its way: what the record, the watch and the answer need.

No behaviour but arithmetic on them.
"""

import itertools
import os
import time
from collections.abc import Callable
from typing import Protocol

import msgspec

from adapters.errors import GatewayError, UpstreamError
from adapters.usage import Usage
from deployments.keys import Key
from deployments.leases import Reservation
from deployments.rates import Admission
from deployments.safety_applied import Checks
from storage.pricing import ONE, Charge, Tariff
from storage.records import UsageRecord

MAX_PLAN = 255

_numbers = itertools.count()
_prefix = "req_" + os.urandom(6).hex()


def new_request_id() -> str:
    """Unique over replicas and restarts: a random part for each process and a number."""
    return f"{_prefix}{next(_numbers):08x}"


class Quiet(Protocol):
    """A stream that has begun, which may have to be kept open in a long silence (deployments/forward.py)."""

    def look(self, now: float) -> None:
        """Write a ping when it is time; `now` is loop time."""


class Captured(Protocol):
    """Takes copies of what passes of a request whose bodies are kept (deployments/capture.py)."""

    def asked(self, body: bytes) -> None:
        """The client's request, unpacked."""


class Exchange:
    """State of one request.

    `protocol` is the client's, `upstream_protocol` and `plan` say how the channel was asked, `losses` what could not be
    converted. `channel_key` is which of the channel's several keys is used, 0: it has one. `forward` is the stream to
    the client, once it has begun, and `ending` how an error ends it.
    `group` is the one that the request uses, which prices and limits go by.
    `task` is what it began and did not see the end of (storage/repositories/tasks.py), "": nothing.
    `cost_cap` is nano-USD that the request may cost, `cut` the output tokens of all its answers that are paid for;
    0: no bound.
    `arrived` and the `*_at` are time.monotonic() seconds, 0.0 = not yet; `deadline` is loop time, see watch.py.
    """

    __slots__ = (
        "admission",
        "arrived",
        "attempt_log",
        "attempts",
        "capture",
        "channel_admission",
        "channel_id",
        "channel_key",
        "channel_ratio",
        "checks",
        "client_ip",
        "cost_cap",
        "cut",
        "deadline",
        "end",
        "ending",
        "error",
        "error_text",
        "failure",
        "finish_reason",
        "first_byte_at",
        "first_token_at",
        "forward",
        "group",
        "group_ratio",
        "key",
        "losses",
        "model",
        "operation",
        "plan",
        "protocol",
        "provider",
        "request_id",
        "reservation",
        "response_model",
        "sent_at",
        "settled",
        "started_at",
        "status",
        "stream",
        "tariff",
        "task",
        "timed_out",
        "upstream_model",
        "upstream_protocol",
        "upstream_request_id",
        "usage",
    )  # fmt: skip

    def __init__(self, key: Key, operation: str, arrived: float, client_ip: str, protocol: str = "chat") -> None:
        self.request_id = new_request_id()
        self.started_at = time.time_ns() // 1000
        self.arrived = arrived
        self.client_ip = client_ip
        self.key = key
        self.operation = operation
        self.protocol = protocol
        self.upstream_protocol = ""
        self.plan = ""
        self.losses = ""
        self.capture: Captured | None = None
        self.forward: Quiet | None = None
        self.ending: Callable[[GatewayError, str], bytes] | None = None
        self.model = ""
        self.stream = False
        self.channel_id = 0
        self.channel_key = 0
        self.provider = ""
        self.upstream_model = ""
        self.response_model = ""
        self.upstream_request_id = ""
        self.status = 0
        self.end = ""
        self.error = ""
        self.error_text = ""
        self.failure: UpstreamError | None = None
        self.finish_reason = ""
        self.usage = Usage()
        self.sent_at = 0.0
        self.first_byte_at = 0.0
        self.first_token_at = 0.0
        self.attempts = 0
        self.attempt_log: list[tuple[int, str, int]] = []
        self.deadline = float("inf")
        self.timed_out = False
        self.settled = False
        self.admission: Admission | None = None
        self.channel_admission: Admission | None = None
        self.reservation: Reservation | None = None
        self.tariff: Tariff | None = None
        self.task = ""
        self.cost_cap = 0
        self.cut = 0
        self.group = key.group
        self.group_ratio = ONE
        self.channel_ratio = ONE
        self.checks: Checks | None = None

    def attempted(self, channel_id: int, outcome: str, since: float) -> None:
        """Note a failed or final attempt: channel, outcome, milliseconds."""
        self.attempt_log.append((channel_id, outcome, round((time.monotonic() - since) * 1000)))

    def record(self, charge: Charge, replica: str) -> UsageRecord:
        """The usage record of the finished request."""
        usage = self.usage
        key = self.key
        reservation = self.reservation
        plan = self.plan
        if self.checks is not None and self.checks.found:
            plan = "; ".join(part for part in (plan, f"safety: {self.checks.found.words}") if part)[:MAX_PLAN]
        return UsageRecord(
            self.request_id, self.started_at, self.key.id, self.channel_id, self.provider, self.operation, self.model,
            self.upstream_model, self.response_model, self.stream, self.status, self.end, self.error,
            usage.input, usage.output, usage.cached, usage.cache_write, usage.reasoning, usage.source,
            charge.amount, self.tariff.id if self.tariff is not None and usage.source != "none" else 0,
            self._since(self.sent_at), self._since(self.first_byte_at), self._since(self.first_token_at),
            self._since(time.monotonic()), self.attempts,
            self._log(), replica, self.client_ip, self.finish_reason, self.upstream_request_id,
            key.user_id, key.organisation_id, self.group, reservation.accounts if reservation is not None else "",
            charge.provider_amount, reservation.amount if reservation is not None else 0, charge.detail,
            self.protocol, self.upstream_protocol, plan, self.losses,
            self.error_text, key.team_id, self.task,
        )  # fmt: skip

    def _log(self) -> str:
        clean = self.attempts == 1 and self.end == "complete"
        return "" if clean or not self.attempt_log else msgspec.json.encode(self.attempt_log).decode()

    def _since(self, moment: float) -> int:
        return max(int((moment - self.arrived) * 1e6), 1) if moment else 0
