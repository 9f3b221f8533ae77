"""The state of everything that runs, for operators."""

from pydantic import Field

from admin.schemas.base import Wire


class ReplicaOut(Wire):
    """A process of the gateway."""

    replica: str = Field(examples=["ingress-1a2b3c-4d5e6f70"])
    kind: str = Field(description="ingress, admin, adapter:<family>; with :starting until it listens.")
    pid: int
    node: str = Field(description="Name of its machine.")
    version: str
    uptime_s: float | None
    table_version: int = Field(description="Of the routes that it has; -1: none yet.")
    open_requests: int
    open_streams: int
    seen_seconds_ago: float


class NodeOut(Wire):
    """A machine."""

    node: str
    replicas: int
    open_requests: int
    open_streams: int
    versions: list[str]


class JournalOut(Wire):
    """Usage records that wait on the Router's node to be booked."""

    records: int
    bytes: int
    lag_s: float = Field(description="Age of the oldest.")


class RouterOut(Wire):
    """What the Router says of what runs."""

    table_version: int | None
    channels: int
    uptime_s: float
    journal: JournalOut
    leases_held: int
    leases_unspent: int = Field(description="nano-USD.")
    requests: int = Field(description="Since counting began.")
    failures: int
    open_requests: int
    open_streams: int
    resting_channels: list[int] = Field(description="Whose breaker is open in at least one replica.")


class AdminOut(Wire):
    """The process that answers this."""

    replica: str
    node: str
    pid: int
    uptime_s: float
    python: str
    ray: str


class DatabaseOut(Wire):
    """The database."""

    kind: str = Field(examples=["postgresql"])
    version: str = Field(examples=["18.1"])
    revision: str = Field(description="Of its schema.", examples=["0020"])
    latency_ms: float
    size_bytes: int | None


class RedisOut(Wire):
    """Redis, where there is one."""

    host: str
    answers: bool
    latency_ms: float | None
    version: str = ""
    used_bytes: int = 0


class DiskOut(Wire):
    """The disk of the data directory, on the machine of the process that answers this."""

    path: str
    total_bytes: int
    free_bytes: int


class QueuesOut(Wire):
    """Work that waits, each counted up to 10,000; failures are those of the last day."""

    leases: int = Field(description="Leases of quota that have not expired.")
    jobs_queued: int
    jobs_running: int
    jobs_failed: int
    schedules: int
    schedules_failing: int
    events_unrouted: int
    deliveries_waiting: int
    deliveries_failed: int
    sessions: int = Field(description="Of people who are signed in.")


class LinksOut(Wire):
    """Addresses of other consoles, "" where none is set (options console.*)."""

    grafana: str
    ray_dashboard: str


class SystemOut(Wire):
    """The state of everything. `router` null: it did not answer; `admin` null: nobody says."""

    version: str
    replicas: list[ReplicaOut]
    nodes: list[NodeOut]
    versions: list[str] = Field(description="Several while an update is under way.")
    router: RouterOut | None
    admin: AdminOut | None
    database: DatabaseOut
    redis: RedisOut | None
    disk: DiskOut | None
    queues: QueuesOut
    links: LinksOut
