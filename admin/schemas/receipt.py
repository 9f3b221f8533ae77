"""Receipts on the wire."""

from pydantic import Field

from admin.payments.documents import Page, page_of
from admin.schemas.account import time_of
from admin.schemas.base import StoredTime, Wire
from storage.models.order import Receipt


class ReceiptLine(Wire):
    """A name and what stands behind it."""

    name: str
    value: str


class ReceiptOut(Wire):
    """A receipt as it was issued."""

    number: str = Field(examples=["R2027-000001"])
    kind: str = Field(description="receipt or credit_note.")
    issued_at: StoredTime
    order: str
    title: str
    seller: list[str]
    buyer: list[str]
    facts: list[ReceiptLine]
    amounts: list[ReceiptLine]
    total: str = Field(examples=["10.50 EUR"])


def receipt_out(row: Receipt) -> ReceiptOut:
    """A stored receipt as the API shows it."""
    page: Page = page_of(row)
    return ReceiptOut(
        number=row.number, kind=row.kind, issued_at=time_of(row.issued_at), order=str(row.document.get("order", "")),
        title=page.line, seller=page.seller, buyer=page.buyer,
        facts=[ReceiptLine(name=name, value=value) for name, value in page.facts],
        amounts=[ReceiptLine(name=name, value=value) for name, value in page.amounts], total=page.total,
    )  # fmt: skip
