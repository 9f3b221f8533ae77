"""The facts of one request while it is on its way: what the record, the watch and the answer need.

No behaviour but arithmetic on them.
"""

import itertools
import os
import time

import msgspec

from adapters.usage import Usage
from deployments.keys import Key
from deployments.leases import Reservation
from deployments.rates import Admission
from storage.pricing import ONE, Charge, Tariff
from storage.records import UsageRecord

_numbers = itertools.count()
_prefix = "req_" + os.urandom(6).hex()


def new_request_id() -> str:
    """Unique over replicas and restarts: a random part for each process and a number."""
    return f"{_prefix}{next(_numbers):08x}"


class Exchange:
    """State of one request.

    `cost_cap` is nano-USD that the request may cost, `cut` the output tokens of all its answers that are paid for;
    0: no bound.
    `arrived` and the `*_at` are time.monotonic() seconds, 0.0 = not yet; `deadline` is loop time, see watch.py.
    """

    __slots__ = (
        "admission",
        "arrived",
        "attempt_log",
        "attempts",
        "channel_admission",
        "channel_id",
        "channel_ratio",
        "client_ip",
        "cost_cap",
        "cut",
        "deadline",
        "end",
        "error",
        "finish_reason",
        "first_byte_at",
        "first_token_at",
        "group_ratio",
        "key",
        "model",
        "operation",
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
        "timed_out",
        "upstream_model",
        "upstream_request_id",
        "usage",
    )  # fmt: skip

    def __init__(self, key: Key, operation: str, arrived: float, client_ip: str) -> None:
        self.request_id = new_request_id()
        self.started_at = time.time_ns() // 1000
        self.arrived = arrived
        self.client_ip = client_ip
        self.key = key
        self.operation = operation
        self.model = ""
        self.stream = False
        self.channel_id = 0
        self.provider = ""
        self.upstream_model = ""
        self.response_model = ""
        self.upstream_request_id = ""
        self.status = 0
        self.end = ""
        self.error = ""
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
        self.cost_cap = 0
        self.cut = 0
        self.group_ratio = ONE
        self.channel_ratio = ONE

    def attempted(self, channel_id: int, outcome: str, since: float) -> None:
        """Note a failed or final attempt: channel, outcome, milliseconds."""
        self.attempt_log.append((channel_id, outcome, round((time.monotonic() - since) * 1000)))

    def record(self, charge: Charge, replica: str) -> UsageRecord:
        """The usage record of the finished request."""
        usage = self.usage
        key = self.key
        reservation = self.reservation
        return UsageRecord(
            self.request_id, self.started_at, self.key.id, self.channel_id, self.provider, self.operation, self.model,
            self.upstream_model, self.response_model, self.stream, self.status, self.end, self.error,
            usage.input, usage.output, usage.cached, usage.cache_write, usage.reasoning, usage.source,
            charge.amount, self.tariff.id if self.tariff is not None and usage.source != "none" else 0,
            self._since(self.sent_at), self._since(self.first_byte_at), self._since(self.first_token_at),
            self._since(time.monotonic()), self.attempts,
            self._log(), replica, self.client_ip, self.finish_reason, self.upstream_request_id,
            key.user_id, key.organisation_id, key.group, reservation.accounts if reservation is not None else "",
            charge.provider_amount, reservation.amount if reservation is not None else 0, charge.detail,
        )  # fmt: skip

    def _log(self) -> str:
        clean = self.attempts == 1 and self.end == "complete"
        return "" if clean or not self.attempt_log else msgspec.json.encode(self.attempt_log).decode()

    def _since(self, moment: float) -> int:
        return max(int((moment - self.arrived) * 1e6), 1) if moment else 0
