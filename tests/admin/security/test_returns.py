"""Where payment pages send the browser back to: this gateway's own wallet, whatever the address or the headers say."""

import httpx
import pytest


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_back_leads_to_the_wallet(anyone: httpx.AsyncClient, method: str) -> None:
    head = {"host": "evil.example", "x-forwarded-host": "evil.example", "referer": "https://evil.example/"}
    query = {"next": "https://evil.example", "return_url": "//evil.example", "order": "other"}
    for provider in ("stripe", "epay", "nobody"):
        answer = await anyone.request(method, f"/api/payments/{provider}/back/gw1", params=query, headers=head)
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/wallet?order=gw1")


@pytest.mark.parametrize(
    "number", ["a%0d%0aset-cookie:x=y", "a&next=b", "%2f%2fevil.example", "a%23b", "a%3fb", "é", "a" * 41, "%00"]
)
async def test_what_is_no_number_leads_nowhere(anyone: httpx.AsyncClient, number: str) -> None:
    answer = await anyone.get(f"/api/payments/stripe/back/{number}")
    assert answer.status_code in (404, 422)
    assert "location" not in answer.headers
    assert "set-cookie" not in answer.headers
