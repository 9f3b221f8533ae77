"""The benchmarks of the usage store run, on a small database, and print what they say they print."""

import msgspec
import pytest

from benchmarks import reports, settle


def test_settle_prints_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert settle.main(["--database", "sqlite", "--rows", "120", "--batch", "50", "--keys", "5", "--users", "3"]) == 0
    figures = msgspec.json.decode(capsys.readouterr().out, type=settle.Figures)
    assert (figures.database, figures.rows, figures.batch) == ("sqlite", 120, 50)
    assert figures.rows_per_s > 0


def test_reports_prints_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--rows", "300", "--keys", "5", "--users", "3", "--days", "2"]
    assert reports.main(["--database", "sqlite", *options]) == 0
    figures = msgspec.json.decode(capsys.readouterr().out, type=reports.Figures)
    assert (figures.database, figures.rows) == ("sqlite", 300)
    assert figures.median_ms.keys() == figures.slowest_ms.keys() == reports.questions(0).keys()
    assert all(rows > 0 for rows in figures.rollup_rows.values())


def test_postgres_multiplies_the_records(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], postgres_database: str
) -> None:
    monkeypatch.setattr(reports, "SEED_ROWS", 100)
    options = ["--rows", "300", "--keys", "5", "--users", "3", "--days", "2"]
    assert reports.main(["--database", postgres_database, *options]) == 0
    assert msgspec.json.decode(capsys.readouterr().out, type=reports.Figures).rows == 300
