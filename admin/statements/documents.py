"""A statement as a page, a PDF or a table. Pure; what PDF's own fonts lack is a question mark, as on receipts."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from admin.schemas.statement import StatementOut

COLUMNS = ("section", "at", "what", "reference", "requests", "input_tokens", "output_tokens", "amount")
WIDTHS = (62, 22, 30, 30, 40)


def rows_of(said: StatementOut) -> list[dict[str, Any]]:
    """The lines of the table, by the names in COLUMNS."""
    found: list[dict[str, Any]] = [{"section": "balance", "what": "opening", "amount": said.opening}]
    found += [
        {"section": "booked", "at": line.at.isoformat(), "what": line.reason, "reference": line.reference,
         "amount": line.amount}
        for line in said.lines
    ]  # fmt: skip
    found.append({"section": "balance", "what": "requests", "amount": negative(said.spent)})
    found.append({"section": "balance", "what": "closing", "amount": said.closing})
    found += [
        {"section": "models", "what": line.model, "requests": line.requests, "input_tokens": line.input_tokens,
         "output_tokens": line.output_tokens, "amount": line.cost}
        for line in said.models
    ]  # fmt: skip
    found.append({"section": "models", "what": "paid by subscriptions", "amount": said.spent_from_subscriptions})
    return found


def negative(amount: str) -> str:
    """Decimal text with the other sign."""
    if amount.startswith("-"):
        return amount[1:]
    return amount if amount == "0" else f"-{amount}"


def html(said: StatementOut) -> str:
    """A page of its own, without scripts."""
    return _environment().get_template("statement.html").render(said=said, negative=negative)


def pdf(said: StatementOut, font: str = "") -> bytes:
    """A PDF. `font` is the path of a TrueType font; one that is not there is left out."""
    from fpdf import FPDF  # noqa: PLC0415 - 15 MB that only those pay who ask for a PDF

    paper = FPDF(format="A4")
    paper.set_creation_date(said.ends_at)
    paper.set_title(f"Statement {said.month} {said.owner}")
    paper.set_auto_page_break(auto=True, margin=15)
    paper.add_page()
    family = "helvetica"
    if font and Path(font).is_file():
        paper.add_font("given", fname=font)
        paper.add_font("given", style="B", fname=font)
        family = "given"

    def plain(text: str) -> str:
        return text if family == "given" else text.encode("latin-1", "replace").decode("latin-1")

    def write(text: str, size: int = 10, style: str = "") -> None:
        paper.set_font(family, style, size)
        paper.multi_cell(0, size * 0.55, plain(text), new_x="LMARGIN", new_y="NEXT")

    def row(cells: Sequence[str], widths: Sequence[int], style: str = "") -> None:
        paper.set_font(family, style, 9)
        for at, (text, width) in enumerate(zip(cells, widths, strict=True)):
            paper.cell(width, 6, plain(text)[: width // 2 + 8], align="R" if at and at == len(cells) - 1 else "L")
        paper.ln(6)

    write(f"Statement {said.month}", 18, "B")
    write(f"{said.owner} ({said.kind}), USD, months in UTC" + ("" if said.final else "; the month is not over"))
    paper.ln(6)
    two = (144, 40)
    row(("Opening balance", said.opening), two, "B")
    for line in said.lines:
        row((f"{line.at:%Y-%m-%d} {line.reason} {line.reference}", line.amount), two)
    row(("Requests paid from the balance", negative(said.spent)), two)
    row(("Closing balance", said.closing), two, "B")
    paper.ln(4)
    row(("Requests paid by subscriptions", said.spent_from_subscriptions), two)
    paper.ln(6)
    if said.models:
        row(("Model", "Requests", "Input tokens", "Output tokens", "Cost"), WIDTHS, "B")
    for model in said.models:
        counts = (str(model.requests), str(model.input_tokens), str(model.output_tokens))
        row((model.model, *counts, model.cost), WIDTHS)
    return bytes(paper.output())


@cache
def _environment() -> Environment:
    loader: Any = FileSystemLoader(Path(__file__).parent / "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
