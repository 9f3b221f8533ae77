"""Status: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class AdminOut(TypedDict):
    """The process that answers this."""

    replica: str
    node: str
    pid: int
    uptime_s: float
    python: str
    ray: str


class Count(TypedDict):
    """How many objects there are and how many of them take part."""

    total: int
    enabled: int


class DatabaseOut(TypedDict):
    """The database."""

    kind: str
    version: str
    revision: str
    latency_ms: float
    size_bytes: int | None


class DiskOut(TypedDict):
    """The disk of the data directory, on the machine of the process that answers this."""

    path: str
    total_bytes: int
    free_bytes: int


class JournalOut(TypedDict):
    """Usage records that wait on the Router's node to be booked."""

    records: int
    bytes: int
    lag_s: float


class LinksOut(TypedDict):
    """Addresses of other consoles, '' where none is set (options console.*)."""

    grafana: str
    ray_dashboard: str


class NodeOut(TypedDict):
    """A machine."""

    node: str
    replicas: int
    open_requests: int
    open_streams: int
    versions: list[str]


class ProblemCatalogue(TypedDict):
    """Everything that a refusal may say, in English."""

    slugs: dict[str, list[int]]
    kinds: list[str]
    sentences: list[SentenceOut]
    fields: list[SentenceOut]
    checks: list[SentenceOut]


class QueuesOut(TypedDict):
    """Work that waits, each counted up to 10,000; failures are those of the last day."""

    leases: int
    jobs_queued: int
    jobs_running: int
    jobs_failed: int
    schedules: int
    schedules_failing: int
    events_unrouted: int
    deliveries_waiting: int
    deliveries_failed: int
    sessions: int


class RedisOut(TypedDict):
    """Redis, where there is one."""

    host: str
    answers: bool
    latency_ms: float | None
    version: NotRequired[str]
    used_bytes: NotRequired[int]


class ReplicaOut(TypedDict):
    """A process of the gateway."""

    replica: str
    kind: str
    pid: int
    node: str
    version: str
    uptime_s: float | None
    table_version: int
    open_requests: int
    open_streams: int
    seen_seconds_ago: float


class RouterOut(TypedDict):
    """What the Router says of what runs."""

    table_version: int | None
    channels: int
    uptime_s: float
    journal: JournalOut
    leases_held: int
    leases_unspent: int
    requests: int
    failures: int
    open_requests: int
    open_streams: int
    resting_channels: list[int]


class SentenceOut(TypedDict):
    """A sentence; `{name}` in it is filled from `params`."""

    code: str
    text: str
    params: list[str]


class StatusOut(TypedDict):
    """What is stored, and the Router's view of what runs; `router` is null when the ..."""

    version: str
    channels: Count
    keys: Count
    revisions: dict[str, int]
    router: dict[str, Any] | None


class SystemOut(TypedDict):
    """The state of everything. `router` null: it did not answer; `admin` null: nobody ..."""

    version: str
    replicas: list[ReplicaOut]
    nodes: list[NodeOut]
    versions: list[str]
    router: RouterOut | None
    admin: AdminOut | None
    database: DatabaseOut
    redis: RedisOut | None
    disk: DiskOut | None
    queues: QueuesOut
    links: LinksOut


class WhoAmI(TypedDict):
    """Who is asking."""

    name: str
    kind: Literal["operator", "token", "session"]
    user_id: int | None
    organisation_id: int | None
    permissions: dict[str, Literal["own", "organisation", "all"]]
