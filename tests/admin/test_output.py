"""What the command prints where there is little room: columns fold or run over, but nothing is cut."""

import pytest
from rich.console import Console

from admin.cli import output


@pytest.mark.parametrize("width", [20, 60, 90, 400])
def test_tables_lose_nothing(width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(output, "console", lambda: Console(width=width, highlight=False, markup=False))
    row = [
        "a-name-of-26-characters-xx",
        "0.125",
        "[bold]x[/bold]",
        "long text " * 9,
        "7f8c2a4e-6a1b-4d1c-9d8f-0123456789ab",
    ]
    output.print_table(["NAME", "CACHE READ", "MARKUP", "TEXT", "REQUEST"], [row], right=["CACHE READ"])
    printed = capsys.readouterr().out
    for cell in (*row[:3], row[4], "CACHE READ"):
        assert cell in printed
    assert printed.count("long") == 9


@pytest.mark.parametrize(
    ("nano", "text"),
    [
        (0, "$0.000000"),
        (1, "$1e-9"),
        (999, "$999e-9"),
        (1000, "$0.000001"),
        (1_234_567_890, "$1.234567"),
        (-5_000, "-$0.000005"),
    ],
)
def test_usd(nano: int, text: str) -> None:
    assert output.usd_text(nano) == text


@pytest.mark.parametrize(
    ("micros", "text"), [(0, "-"), (1_499, "1 ms"), (9_999_999, "10000 ms"), (61_250_000, "61.2 s")]
)
def test_millis(micros: int, text: str) -> None:
    assert output.millis_text(micros) == text
