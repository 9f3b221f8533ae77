"""`gateway prices`, `gateway groups` and `gateway explain` against the real application on a real port."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from storage.pricing.translate import SeedPrice
from tests.admin import command
from tests.admin.command import Run

url, run = command.url, command.run


def test_everything_that_a_price_may_have(run: Run) -> None:
    said = run(
        "prices", "set", "omni", "--input", "2.5", "--output", "10", "--cache-write-1h", "5", "--reasoning", "12",
        "--image-input", "3", "--image-output", "40", "--audio-input", "20", "--audio-output", "80", "--call", "0.001",
        "--second", "0.0001", "--image", "1024x1024/hd=0.08", "--image", "*=0.04", "--tool", "web_search=0.01",
        "--tier", "200000:input=5,cache-read=0.5", "--window", "16:30-00:30=0.5@sat,sun",
    ).output  # fmt: skip
    assert "$2.5 in, $10 out per 1,000,000 tokens, $0.001 per request" in said
    found = json.loads(run("prices", "list", "omni", "--json").stdout)[0]
    assert found["tiers"][0]["above"] == 200_000
    assert found["tiers"][0]["cache_read"] == "0.5"
    assert found["windows"] == [{"start": "16:30", "end": "00:30", "ratio": "0.5", "days": [5, 6]}]
    assert found["images"] == {"1024x1024/hd": "0.08", "*": "0.04"}
    listed = run("prices", "list").output
    assert "1 h cache, reasoning, images in" in listed


def test_versions(run: Run) -> None:
    run("prices", "set", "m", "--input", "1", "--output", "2")
    assert ", from " in run("prices", "set", "m", "--input", "2", "--output", "2", "--from", "30d").output
    assert len(json.loads(run("prices", "list", "--json").stdout)) == 1
    history = run("prices", "list", "--history").output
    assert "ever" not in history
    assert history.count("operator") == 2
    run("prices", "remove", "m")
    assert "No price matches." in run("prices", "list").output


def test_ratios_of_new_api(run: Run, tmp_path: Path) -> None:
    assert "$3 in, $15 out" in run("prices", "set", "s", "--model-ratio", "1.5", "--completion-ratio", "5").output
    assert "$0.1 per request" in run("prices", "set", "song", "--model-price", "0.1").output
    public = {
        "success": True,
        "data": {
            "model_ratio": {"a": 0.075, "b": 15, "song": 1, "bad": -1},
            "completion_ratio": {"a": 4},
            "cache_ratio": {"a": 0.5},
            "model_price": {"song": 0.2},
        },
    }
    (tmp_path / "public.json").write_text(json.dumps(public))
    assert "4 prices would be set" in run("prices", "import-ratios", "public.json", "--dry-run").output
    dry = json.loads(run("prices", "import-ratios", "public.json", "--dry-run", "--json").stdout)
    assert dry[0] == {"model": "a", "ratios": {"model_ratio": 0.075, "completion_ratio": 4, "cache_ratio": 0.5}}
    done = run("prices", "import-ratios", "public.json", "--yes", code=1).output
    assert "Set the prices of 3 models." in done
    assert "bad: " in done
    found = {each["model"]: each for each in json.loads(run("prices", "list", "--json").stdout)}
    assert [found["a"][name] for name in ("input", "output", "cache_read")] == ["0.15", "0.6", "0.075"]
    assert (found["song"]["call"], found["b"]["output"]) == ("0.2", "30")

    settings = {"ModelRatio": '{"c": 1}', "CompletionRatio": '{"c": 2}', "ModelPrice": "not JSON", "Other": 5}
    (tmp_path / "settings.json").write_text(json.dumps(settings))
    answer = json.loads(run("prices", "import-ratios", "settings.json", "--json").stdout)
    assert (answer["set"][0]["output"], answer["refused"]) == ("4", [])


def test_files_that_hold_no_ratios(run: Run, tmp_path: Path) -> None:
    for text, says in (("{}", "holds neither"), ("{", "is not JSON"), ("[]", "holds neither")):
        (tmp_path / "f.json").write_text(text)
        assert says in run("prices", "import-ratios", "f.json", code=2).stderr
    assert "cannot be read" in run("prices", "import-ratios", "nothing.json", code=2).stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--input", "1"], "--input and --output are needed"),
        (["--input", "1", "--output", "1", "--model-ratio", "1"], "either amounts or ratios"),
        (["--input", "1", "--output", "1", "--tier", "x:input=1"], "--tier 'x:input=1' is not understood"),
        (["--input", "1", "--output", "1", "--tier", "5:speed=1"], "there is no component 'speed'"),
        (["--input", "1", "--output", "1", "--tier", "5:input"], "is not understood"),
        (["--input", "1", "--output", "1", "--window", "1-2=1"], "--window '1-2=1' is not understood"),
        (["--input", "1", "--output", "1", "--window", "01:00-02:00=1@someday"], "is not understood"),
        (["--input", "1", "--output", "1", "--tool", "web_search"], "--tool 'web_search' is not understood"),
        (["--input", "1", "--output", "1", "--tool", "a=1", "--tool", "a=2"], "--tool a is there twice"),
    ],
)
def test_misuse(run: Run, options: list[str], says: str) -> None:
    code = 1 if "either" in says else 2
    assert says in run("prices", "set", "m", *options, code=code).stderr


def test_groups(run: Run) -> None:
    assert "gateway groups set" in run("groups", "list").output
    assert "vip: prices x 0.8." in run("groups", "set", "vip", "0.80", "--using", "premium=0.9").output
    assert "premium: 0.9" in run("groups", "list").output
    assert json.loads(run("groups", "list", "--json").stdout)[0]["ratio"] == "0.8"
    assert json.loads(run("groups", "set", "other", "--json").stdout)["ratio"] == "1"
    assert "is not understood" in run("groups", "set", "vip", "1", "--using", "premium", code=2).stderr
    assert "Removed" in run("groups", "remove", "vip").output
    assert json.loads(run("groups", "remove", "other", "--json").stdout) == {"removed": "other"}
    assert run("groups", "remove", "vip", code=1).stderr


def test_explain(run: Run) -> None:
    found = run("explain", "r1", code=1).output
    assert "✗ there is no price for an amount of 5000000 nano-USD." in found
    assert "cost            $0.005" in found
    run("prices", "set", "m", "--input", "1", "--output", "2")  # version 1, which the row names
    found = run("explain", "r1", code=1).output
    assert "version 1: m (operator, in force from" in found
    assert "input" in found
    assert "✗ booked are 5000000 nano-USD, computed 1234000." in found
    answer = json.loads(run("explain", "r1", "--json", code=1).stdout)
    assert (answer["matches"], answer["recomputed"]) == (False, True)
    assert run("explain", "r2", code=1).stderr
    run("prices", "set", "m", "--input", "1", "--output", "2", "--json")


def test_sync(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    price = SeedPrice("openai", "mini", 150_000_000, 600_000_000, None, None)
    monkeypatch.setattr("storage.pricing.seeding.seed_rows", lambda: [price])
    said = run("prices", "sync").output
    assert "+ openai/mini" in said
    assert "input: 0.15" in said
    assert "1 new, against version" in said
    assert "gateway prices sync --yes" in said
    assert "Nothing was changed." in run("prices", "sync", "--dry-run", "--yes").output
    assert "--kind" in run("prices", "sync", "--kind", "odd", code=2).stderr
    assert json.loads(run("prices", "sync", "--json").stdout)["taken"] is False
    assert "Took over 1 prices" in run("prices", "sync", "--only", "openai/mini", "--yes").output
    assert "are those of the library" in run("prices", "sync").output

    dearer = SeedPrice("openai", "mini", 160_000_000, 600_000_000, None, None)
    monkeypatch.setattr("storage.pricing.seeding.seed_rows", lambda: [dearer])
    assert "input: 0.15 → 0.16" in run("prices", "sync", "--dry-run").output
    assert json.loads(run("prices", "sync", "--yes", "--json").stdout)["taken"] is True
    monkeypatch.setattr("storage.pricing.seeding.seed_rows", list)
    assert "- openai/mini" in run("prices", "sync", "--kind", "gone").output

    def asked(question: str, **_: Any) -> bool:
        assert "Take over these 1 prices" in question
        return True

    monkeypatch.setattr("admin.cli.secrets.can_ask", lambda: True)
    monkeypatch.setattr(typer, "confirm", asked)
    assert "Took over" in run("prices", "sync").output


def test_rerate(run: Run) -> None:
    run("prices", "set", "m", "--input", "1", "--output", "2")
    nothing = run("rerate", "--since", "2020-01-01", "--until", "2099-01-01", "--dry-run").output
    assert "0 of 0 requests would be corrected: +$0 to clients" in nothing
    sums = json.loads(run("rerate", "--since", "30d", "--model", "m", "--json").stdout)
    assert sums.pop("dry_run") is False
    assert set(sums) == {"checked", "changed", "no_price", "unreadable", "cost", "provider_cost"}
    assert not any(sums.values())
    assert "0 of 0 requests were corrected" in run("rerate", "--since", "30d", "--yes").output


def test_explain_shows_corrections(capsys: pytest.CaptureFixture[str]) -> None:
    from admin.cli.explain import _show

    plain = {"request_id": "r", "started_at": 0, "model": "m", "upstream_model": "m", "provider": "", "price": None}
    arithmetic = {"lines": [], "sum": "0.002", "tier_above": 7000, "window": "0.5", "group": "1", "channel": "2"}
    found: Any = {
        **plain,
        **arithmetic,
        "usage_source": "estimate",
        "provider_cost": 1_000_000,
        "cost": 2_000_000,
        "matches": True,
        "recomputed": False,
        "problems": [],
        "corrections": [{"price_id": 9, "cost": -500_000}],
        "corrected_cost": 1_500_000,
    }
    _show(found)
    said = capsys.readouterr().out
    for line in (
        "more than 7,000 input tokens",
        "estimated here",
        "x time window",
        "x channel",
        "Matches: computed again",
    ):
        assert line in said
    assert "correction to version 9   -$0.0005" in said
    assert "cost now                  $0.0015" in said
