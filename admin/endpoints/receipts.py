"""Receipts and credit notes: as data, as a page, as PDF."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import HTMLResponse

from admin.caller import Caller, needs
from admin.endpoints.common import problems
from admin.options.payments import Payments
from admin.payments import documents
from admin.problems import Problem
from admin.schemas.receipt import ReceiptOut, receipt_out
from admin.surroundings import Surroundings
from storage.payments import orders, receipts

router = APIRouter(prefix="/receipts", tags=["payments"])

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@router.get("/{number}", response_model=ReceiptOut, responses=problems(404), operation_id="get_receipt")
async def get_receipt(
    services: Surroundings,
    caller: Annotated[Caller, needs("orders.read")],
    number: Annotated[str, Path(pattern=r"^[A-Z0-9-]{1,32}$", examples=["R2027-000001"])],
    form: Annotated[Literal["json", "html", "pdf"], Query(alias="format")] = "json",
) -> ReceiptOut | Response:
    """A receipt of an order, or a credit note of a refund."""
    scope = caller.scope("orders.read")
    async with services.sessions() as session:
        row = await receipts.find(session, number)
        order = None if row is None else await orders.get(session, row.order_id)
    if row is None or order is None or not scope.holds(order.user_id, order.organisation_id):
        raise Problem(404, "There is no such receipt.", slug="not-found")
    if form == "json":
        return receipt_out(row)
    headers = {"cache-control": "private, no-store", "x-content-type-options": "nosniff"}
    if form == "html":
        return HTMLResponse(documents.html(row), headers={**headers, "content-security-policy": _POLICY})
    font = (await services.options.get(Payments)).receipt_font
    # Drawing takes some 20 ms of CPU, with a large font more.
    drawn = await asyncio.to_thread(documents.pdf, row, font)
    headers["content-disposition"] = f'attachment; filename="{row.number}.pdf"'
    return Response(drawn, media_type="application/pdf", headers=headers)
