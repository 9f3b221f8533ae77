"""What the Router tells the console, and what a machine says of itself."""

from pathlib import Path

from deployments import overview
from deployments.machine import Machine
from deployments.messages import Report
from deployments.settings import Settings
from deployments.telemetry import Snapshot


def report(name: str, requests: float, **more: object) -> Report:
    counters = {
        "gateway_requests_total": {("chat", "200", "complete"): requests, ("chat", "502", "upstream_error"): 2.0}
    }
    gauges = {"gateway_active_streams": 3.0, "gateway_leases_held": 1.0, "gateway_leases_unspent_nanousd": 50.0}
    snapshot = Snapshot(counters, {}, gauges)  # type: ignore[arg-type]  # labels are tuples of text
    return Report(name, "ingress", 1, open_requests=4, snapshot=snapshot, **more)  # type: ignore[arg-type]  # fields


def test_sums_over_replicas() -> None:
    adapter = Report("c", "adapter:openai", 1, open_requests=4)
    seen = [(report("b", 10, resting=[7, 9]), 99.0), (report("a", 5, resting=[7], started_at=900.0, node="n"), 98.0)]
    gone = Snapshot({"gateway_requests_total": {("chat", "200", "upstream_cut"): 1.0}}, {}, {})
    assert overview.traffic([*seen, (adapter, 99.0)], gone) == {
        "requests": 20,
        "failures": 5,
        "open_requests": 8,
        "open_streams": 6,
    }
    assert overview.resting(seen) == {"7": 2, "9": 1}
    assert overview.leases(seen) == {"held": 2, "unspent": 100}
    first, second = overview.replicas(seen, 100.0, 1000.0)
    assert (first["replica"], first["uptime_s"], first["node"], first["seen_seconds_ago"]) == ("a", 100.0, "n", 2.0)
    assert (second["replica"], second["uptime_s"], second["open_streams"]) == ("b", None, 3)


def test_a_replica_of_the_version_before() -> None:
    old = Report("a", "ingress", 1)
    assert overview.traffic([(old, 0.0)], Snapshot())["requests"] == 0
    assert overview.replicas([(old, 0.0)], 1.0, 1.0)[0]["uptime_s"] is None


async def test_the_machine(tmp_path: Path) -> None:
    found = await Machine(Settings(data=str(tmp_path)), "admin-1").look()
    assert (found["admin"]["replica"], found["redis"]) == ("admin-1", None)
    assert 0 < found["disk"]["free_bytes"] <= found["disk"]["total_bytes"]
    found = await Machine(Settings(data=str(tmp_path), redis_url="redis://user:secret@127.0.0.1:1/0"), "a").look()
    assert (found["redis"]["answers"], found["redis"]["host"]) == (False, "127.0.0.1")
    assert "secret" not in str(found)
