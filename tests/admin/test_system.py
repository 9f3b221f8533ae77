"""The state of everything: what the Router, the machine and the database say, and what is missing when they do not."""

import pytest


async def test_what_runs(api, world, monkeypatch: pytest.MonkeyPatch) -> None:
    common = {"pid": 1, "table_version": 3, "open_requests": 2, "seen_seconds_ago": 0.1}
    world.router = {
        "table_version": 3, "channels": 2, "journal": {"records": 5, "bytes": 900, "lag_s": 0.5}, "uptime_s": 60.0,
        "replicas": [
            {**common, "replica": "a", "kind": "ingress", "node": "one", "version": "1.2.3", "open_streams": 1},
            {**common, "replica": "b", "kind": "ingress", "node": "two", "version": "1.2.2", "uptime_s": 9.0},
            {**common, "replica": "c", "kind": "admin", "node": "one"},
        ],
        "traffic": {"requests": 70, "failures": 1, "open_requests": 6, "open_streams": 1},
        "resting": {"7": 2}, "leases": {"held": 4, "unspent": 1000},
    }  # fmt: skip
    await api.patch("/settings/console", json={"grafana_url": "https://grafana.example.com"})
    answer = await api.get("/system")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert [(one["node"], one["replicas"], one["open_requests"]) for one in found["nodes"]] == [
        ("one", 2, 4),
        ("two", 1, 2),
    ]
    assert found["versions"] == ["1.2.2", "1.2.3"]
    assert found["router"]["journal"] == {"records": 5, "bytes": 900, "lag_s": 0.5}
    assert (found["router"]["resting_channels"], found["router"]["leases_held"]) == ([7], 4)
    assert (found["database"]["kind"], found["database"]["revision"] >= "0020") == ("sqlite", True)
    assert found["database"]["size_bytes"] > 0
    assert found["database"]["latency_ms"] >= 0
    assert found["queues"]["jobs_queued"] == 0
    assert (found["admin"], found["redis"], found["disk"]) == (None, None, None)
    assert found["links"] == {"grafana": "https://grafana.example.com", "ray_dashboard": ""}


async def test_the_router_is_away(api, world) -> None:
    world.router_error = RuntimeError("gone")
    found = (await api.get("/system")).json()
    assert (found["router"], found["replicas"], found["versions"]) == (None, [], ["1.2.3"])


async def test_what_an_older_router_says(api, world) -> None:
    world.router = {"table_version": 3, "replicas": 2}
    found = (await api.get("/system")).json()
    assert (found["router"]["table_version"], found["router"]["requests"], found["replicas"]) == (3, 0, [])
