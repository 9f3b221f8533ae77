"""Medians, added figures, comparison, report, charts and the figures to reach, from made-up rounds."""

import xml.etree.ElementTree as ET

import msgspec
import pytest

from benchmarks import charts, compare, figures, report, results
from benchmarks.results import About, Row, Run, Skipped


def made(rates=(1000, 1100, 1050), cpu=0.2):
    rows = []
    for number, rate in enumerate(rates):
        direct = {"requests_per_s": 50_000, "latency_p50_ms": 0.5, "errors": 0}
        ours = {"requests_per_s": rate, "latency_p50_ms": 2.5, "cpu_ms_per_request": cpu, "errors": 0}
        ours["load_cpu_share"] = 0.9
        parts = {"Ingress": {"cpu_ms_per_request": cpu - 0.05}, "raylet": {"cpu_ms_per_request": 0.05}}
        theirs = {"requests_per_s": 10, "latency_p50_ms": 30, "foreign_cpu_share": 1.0}
        rows += [
            Row("unary_closed", "mock", number, direct),
            Row("unary_closed", "gateway", number, ours, parts, ["1 x cut"] if number else []),
            Row("unary_closed", "litellm", number, theirs),
        ]
    return Run(
        "2026-01-01T00:00:00+00:00",
        {"cpu": "x", "commit": "abc", "command": "python -m benchmarks run"},
        len(rates),
        {},
        [About("mock"), About("gateway", "1"), About("portkey", unavailable="no node | here")],
        rows,
        [Skipped("cold_key", "mock", "it has no keys")],
    )


def test_medians_and_added():
    found = {(row.scenario, row.target): row for row in results.medians(made())}
    ours = found["unary_closed", "gateway"]
    assert ours.metrics["requests_per_s"] == 1050
    assert ours.metrics["added_latency_p50_ms"] == 2
    assert ours.spreads["requests_per_s"] == pytest.approx(100 / 1050)
    assert ours.processes["raylet"] == {"cpu_ms_per_request": 0.05}
    assert ours.notes == ["round 2: 1 x cut", "round 3: 1 x cut"]
    assert "added_latency_p50_ms" not in found["unary_closed", "mock"].metrics


def test_results_are_read_as_written(tmp_path):
    path = tmp_path / "a.json"
    results.write(made(), path)
    assert results.read(path) == made()
    path.write_bytes(b"{}")
    with pytest.raises(ValueError, match="not a result"):
        results.read(path)
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(made(), format=99)))
    with pytest.raises(ValueError, match="format 99"):
        results.read(path)


@pytest.mark.parametrize(
    ("figure", "change", "wide", "wanted"),
    [
        ("requests_per_s", 0.2, 0.1, "better"),
        ("requests_per_s", -0.2, 0.1, "worse"),
        ("latency_p99_ms", 0.2, 0.1, "worse"),
        ("latency_p99_ms", -0.2, 0.1, "better"),
        ("latency_p99_ms", 0.2, 0.3, ""),
        ("latency_p99_ms", 0.04, 0.0, ""),
    ],
)
def test_a_change_within_the_spread_is_none(figure, change, wide, wanted):
    assert compare.judge(figure, change, wide) == wanted


def test_compare_two_runs_and_two_targets():
    text = compare.compare(made(), made(rates=(2000, 2000, 2000), cpu=0.1), names=("old", "new"))
    assert "| unary_closed | gateway | requests/s | 1,050 | 2,000 | +90.5% | 9.5% | better |" in text
    assert "| unary_closed | gateway | CPU ms/request | 0.20 | 0.10 | -50.0% | 0.0% | better |" in text
    few = compare.compare(made(rates=(1000, 1000)), made(rates=(5000, 5000)))
    assert "| +400.0% | 0.0% | too few rounds |" in few
    both = compare.compare_targets(made(), "litellm", "gateway")
    assert "litellm -> gateway" in both
    assert "nothing in common" in compare.compare_targets(made(), "x", "y")


def test_the_page_says_everything(tmp_path):
    path = tmp_path / "run.json"
    results.write(made(), path)
    page = report.write(path).read_text()
    assert "| portkey |  | **not measured**: no node / here |" in page
    assert "- cold_key at mock: it has no keys" in page
    assert "| gateway \\* | 1,050 |" in page
    assert "| litellm † |" in page
    assert "| Ingress | 0.15 |" in page
    assert "- gateway: round 2: 1 x cut" in page
    assert "| unary_closed | gateway | 90% | 0% | 0% | 1,050 | 2.1% |" in page
    assert "| unary: CPU per request: at most 0.4 ms | 0.2 ms | yes |" in page
    assert "| unary: requests/s over LiteLLM: at least 50 x | 105 x | yes |" in page
    assert "| idle CPU: at most 0.25 cores | not measured | - |" in page
    assert (tmp_path / "run-unary_closed.svg").exists()


def test_a_figure_that_is_missed_is_said():
    found = {row.text: row for row in figures.check(made(cpu=0.5))}
    assert found["unary: CPU per request: at most 0.4 ms"].reached is False


@pytest.mark.parametrize("rows", [[("gateway", 5000.0), ("litellm", 40.0), ("x<y", 0.0)], [("a", 1.0), ("b", 2.0)], []])
def test_charts_are_svg(rows):
    tree = ET.fromstring(charts.bars("Title & more", "requests/s", rows))
    texts = [node.text for node in tree.iter() if node.tag.endswith("text")]
    assert texts[0] == "Title & more"
    assert len(texts) == 2 + 2 * len(rows)
    widths = [float(node.attrib["width"]) for node in tree.iter() if node.get("rx")]
    assert all(0 <= width <= 420 for width in widths)


@pytest.mark.parametrize(
    ("value", "wanted"), [(0, "0"), (12345.6, "12,346"), (12.34, "12.3"), (1.234, "1.23"), (0.0123, "0.0123")]
)
def test_numbers(value, wanted):
    assert report.number(value) == wanted
