"""The state of everything that runs: replicas, nodes, journal, queues, database, Redis, disk. Read only."""

from collections.abc import Sequence
from typing import Any

import msgspec
from fastapi import APIRouter

from admin.caller import needs_all
from admin.endpoints.common import problems
from admin.endpoints.status import router_view
from admin.options.console import Console
from admin.schemas.system import (
    AdminOut,
    DatabaseOut,
    DiskOut,
    JournalOut,
    LinksOut,
    NodeOut,
    QueuesOut,
    RedisOut,
    ReplicaOut,
    RouterOut,
    SystemOut,
)
from admin.surroundings import Surroundings
from storage import condition

router = APIRouter(prefix="/system", tags=["status"])

_REPLICA: dict[str, Any] = {"node": "", "version": "", "uptime_s": None, "open_streams": 0}


def _nodes(replicas: Sequence[ReplicaOut]) -> list[NodeOut]:
    names = sorted({one.node for one in replicas})
    found = []
    for name in names:
        there = [one for one in replicas if one.node == name]
        found.append(
            NodeOut(
                node=name,
                replicas=len(there),
                open_requests=sum(one.open_requests for one in there),
                open_streams=sum(one.open_streams for one in there),
                versions=sorted({one.version for one in there if one.version}),
            )
        )
    return found


def _router(view: dict[str, Any]) -> RouterOut:
    traffic, leases = view.get("traffic", {}), view.get("leases", {})
    return RouterOut(
        table_version=view.get("table_version"),
        channels=view.get("channels", 0),
        uptime_s=view.get("uptime_s", 0.0),
        journal=JournalOut.model_validate(view.get("journal") or {"records": 0, "bytes": 0, "lag_s": 0.0}),
        leases_held=leases.get("held", 0),
        leases_unspent=leases.get("unspent", 0),
        requests=traffic.get("requests", 0),
        failures=traffic.get("failures", 0),
        open_requests=traffic.get("open_requests", 0),
        open_streams=traffic.get("open_streams", 0),
        resting_channels=sorted(int(number) for number in view.get("resting", {})),
    )


@router.get("", responses=problems(), operation_id="get_system", dependencies=[needs_all("status.read")])
async def get_system(services: Surroundings) -> SystemOut:
    """Replicas, nodes, journal, leases, queues, database, Redis and disk, as they are now."""
    view = await router_view(services)
    here = await services.machine()
    async with services.sessions() as session:
        database = await condition.condition(session)
        waiting = await condition.work(session, now=services.clock())
    console = await services.options.get(Console)
    listed = (view or {}).get("replicas")
    replicas = [ReplicaOut.model_validate(_REPLICA | one) for one in listed] if isinstance(listed, list) else []
    admin, redis, disk = here.get("admin"), here.get("redis"), here.get("disk")
    return SystemOut(
        version=services.version,
        replicas=replicas,
        nodes=_nodes(replicas),
        versions=sorted({one.version for one in replicas if one.version} | {services.version}),
        router=None if view is None else _router(view),
        admin=None if admin is None else AdminOut.model_validate(admin),
        database=DatabaseOut.model_validate(msgspec.to_builtins(database)),
        redis=None if redis is None else RedisOut.model_validate(redis),
        disk=None if disk is None else DiskOut.model_validate(disk),
        queues=QueuesOut.model_validate(msgspec.to_builtins(waiting)),
        links=LinksOut(grafana=console.grafana_url, ray_dashboard=console.ray_dashboard_url),
    )
