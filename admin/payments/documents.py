"""Receipts and credit notes as pages: HTML by a template, PDF by fpdf2. From the stored document only.

PDF's own fonts know Latin-1. Other scripts need a font file (option payments.receipt_font); without it a character that
cannot be drawn becomes a question mark, and the HTML page, which the browser can print, has it.
"""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from storage.models.order import Receipt
from storage.payments import currencies
from storage.payments.receipts import CREDIT_NOTE

_TITLES = {"receipt": "Receipt", "credit_note": "Credit note"}


class Page(NamedTuple):
    """What a receipt says, in the order in which it says it."""

    title: str
    number: str
    date: str
    seller: list[str]
    buyer: list[str]
    facts: list[tuple[str, str]]
    line: str
    amounts: list[tuple[str, str]]
    total: str
    note: str


def page_of(row: Receipt) -> Page:
    """The text of a receipt."""
    said = row.document
    currency = str(said.get("currency", ""))
    amount = int(said.get("amount", 0))
    net = said.get("net")
    seller, buyer = _words(said.get("seller")), _words(said.get("buyer"))
    amounts = []
    if isinstance(net, int) and net != amount:
        amounts = [
            ("Price", _money(net, currency)),
            ("Taxes added by the payment provider", _money(amount - net, currency)),
        ]
    facts = [
        ("Order", str(said.get("order", ""))),
        ("Payment", " ".join(part for part in (said.get("provider"), said.get("method"), said.get("payment")) if part)),
        ("Refund", str(said.get("refund", ""))),
    ]
    address = [part.strip() for part in seller.get("address", "").split(",")]
    tax = f"Tax number {seller['tax_id']}" if seller.get("tax_id") else ""
    return Page(
        title=_TITLES.get(row.kind, row.kind), number=row.number,
        date=datetime.fromtimestamp(row.issued_at, tz=UTC).date().isoformat(),
        seller=[part for part in (seller.get("name", ""), *address, tax) if part],
        buyer=[part for part in (buyer.get("name", ""), buyer.get("organisation", "")) if part],
        facts=[(name, value) for name, value in facts if value],
        line=("Refund: " if row.kind == CREDIT_NOTE else "") + str(said.get("title", "")),
        amounts=amounts, total=_money(amount, currency), note=seller.get("note", ""),
    )  # fmt: skip


def html(row: Receipt) -> str:
    """The receipt as a page of its own, without scripts."""
    return _environment().get_template("receipt.html").render(page=page_of(row))


def pdf(row: Receipt, font: str = "") -> bytes:
    """The receipt as a PDF of one page. `font` is the path of a TrueType font; one that cannot be read is left out."""
    from fpdf import FPDF  # noqa: PLC0415 - 15 MB that only those pay who ask for a PDF

    page = page_of(row)
    paper = FPDF(format="A4")
    paper.set_creation_date(datetime.fromtimestamp(row.issued_at, tz=UTC))
    paper.set_title(f"{page.title} {page.number}")
    paper.add_page()
    family = "helvetica"
    if font and Path(font).is_file():
        paper.add_font("given", fname=font)
        paper.add_font("given", style="B", fname=font)
        family = "given"

    def plain(text: str) -> str:
        return text if family == "given" else text.encode("latin-1", "replace").decode("latin-1")

    def write(text: str, size: int = 10, style: str = "", align: str = "L") -> None:
        paper.set_font(family, style, size)
        paper.multi_cell(0, size * 0.55, plain(text), align=align, new_x="LMARGIN", new_y="NEXT")

    def row_of(left: str, right: str, style: str = "") -> None:
        paper.set_font(family, style, 10)
        paper.cell(120, 7, plain(left)[:90])
        paper.cell(0, 7, plain(right), align="R", new_x="LMARGIN", new_y="NEXT")

    for at, text in enumerate(page.seller):
        write(text, style="" if at else "B")
    paper.ln(10)
    write(f"{page.title} {page.number}", 18, "B")
    write(page.date)
    paper.ln(6)
    for text in page.buyer:
        write(text)
    paper.ln(6)
    for name, value in page.facts:
        write(f"{name}: {value}", 9)
    paper.ln(8)
    if not page.amounts:
        row_of(page.line, page.total)
    else:
        write(page.line)
        for name, value in page.amounts:
            row_of(name, value)
    paper.line(paper.l_margin, paper.get_y() + 1, paper.w - paper.r_margin, paper.get_y() + 1)
    paper.ln(2)
    row_of("Total", page.total, "B")
    if page.note:
        paper.ln(10)
        write(page.note, 9)
    return bytes(paper.output())


def _money(amount: int, currency: str) -> str:
    return f"{currencies.text(amount, currency)} {currency}"


def _words(value: object) -> dict[str, str]:
    return {str(key): str(item) for key, item in value.items()} if isinstance(value, dict) else {}


@cache
def _environment() -> Environment:
    loader: Any = FileSystemLoader(Path(__file__).parent / "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
