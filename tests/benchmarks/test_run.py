"""A real short run, so that the suite cannot rot; and what the command line makes of its arguments."""

import pytest

from benchmarks import results
from benchmarks.__main__ import main
from benchmarks.measure import Options
from benchmarks.peers import bare, registry
from benchmarks.peers.base import Unavailable
from benchmarks.run import Plan, parts
from benchmarks.scenarios.registry import SCENARIOS


def names(plan):
    return {spec: [scenario.name for scenario in todo] for spec, todo in plan.work()}


def test_the_mock_is_always_measured_first():
    assert list(names(Plan(["bare"], ["unary_closed"]))) == ["mock", "bare"]


def test_variants_come_with_the_gateway_and_run_only_what_is_about_them():
    found = names(Plan(["gateway"], ["unary_closed", "placement_pool", "two_replicas"]))
    assert found == {
        "mock": ["unary_closed"],
        "gateway": ["unary_closed", "placement_pool"],
        "gateway+pool": ["placement_pool"],
        "gateway+replicas=1": ["two_replicas"],
        "gateway+replicas=2": ["two_replicas"],
    }
    assert names(Plan(["bare"], ["two_replicas"])) == {"mock": [], "bare": []}


def test_the_usual_run_has_every_peer_and_no_soak():
    found = names(Plan())
    assert set(registry.DEFAULT) < set(found)
    assert "soak" not in found["gateway"]
    assert "stream_paced_500" in found["litellm"]
    assert names(Plan(options=Options(short=True)))["bare"] == ["idle", "unary_closed", "unary_open", "stream_paced_60"]


def test_a_fresh_scenario_begins_with_a_start():
    todo = [SCENARIOS[name] for name in ("idle", "unary_closed", "idle_streams", "stream_paced_500")]
    assert [[s.name for s in part] for part in parts(todo)] == [
        ["idle", "unary_closed"],
        ["idle_streams", "stream_paced_500"],
    ]
    assert len(parts(todo[2:])) == 1


@pytest.mark.parametrize("plan", [Plan(["nginx"]), Plan(scenarios=["nothing"]), Plan(["gateway+speed=9"])])
def test_unknown_names_are_refused(plan, tmp_path):
    from benchmarks.run import run

    with pytest.raises(ValueError, match="unknown"):
        run(plan)


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_short_run(tmp_path, capsys):
    assert main(["run", "--short", "--strict", "--target", "bare", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    (path,) = tmp_path.glob("*.json")
    found = results.read(path)
    assert found.environment["commit"]
    assert {(row.scenario, row.target) for row in found.rows} >= {
        ("unary_closed", "mock"),
        ("unary_closed", "bare"),
        ("unary_open", "bare"),
        ("stream_paced_60", "bare"),
        ("idle", "bare"),
    }
    for row in found.rows:
        assert row.metrics.get("errors", 0) == 0, row
        assert row.notes == []
        if row.target == "bare" and row.scenario != "idle":
            assert 0 < row.metrics["cpu_ms_per_request"] < 1000
            assert row.metrics["rss_mb"] > 5
    (stream,) = [row for row in found.rows if (row.scenario, row.target) == ("stream_paced_60", "bare")]
    assert stream.metrics["event_delay_p50_ms"] > 0
    assert "## Is the load generator the limit?" in said
    assert (tmp_path / f"{path.stem}-unary_closed.svg").exists()
    assert main(["compare", str(path), str(path)]) == 0
    assert "| unary_closed | bare | requests/s |" in capsys.readouterr().out
    assert main(["report", str(path)]) == 0


def test_a_target_that_is_missing_is_reported_not_dropped(tmp_path, monkeypatch, capsys):
    def missing(_self):
        raise Unavailable("no such library here")

    monkeypatch.setattr(bare.Bare, "install", missing)
    arguments = ["--short", "--strict", "--seconds", "0.1", "--scenario", "unary_closed", "--target", "bare"]
    assert main([*arguments, "--out", str(tmp_path)]) == 1
    assert "**not measured**: no such library here" in capsys.readouterr().out


def test_list_and_wrong_files(tmp_path, capsys):
    assert main(["list"]) == 0
    assert "litellm" in capsys.readouterr().out
    assert main(["compare", str(tmp_path / "a"), str(tmp_path / "b")]) == 1
