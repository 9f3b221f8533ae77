"""What is read comes packed to who takes it; secrets and live updates never do."""

import gzip

import httpx
import pytest

from admin.packing import ACCEPTS, PACKED

TAKES = {ACCEPTS: "gzip", "accept-encoding": "identity"}


async def test_a_list_is_packed_for_who_takes_it(api: httpx.AsyncClient) -> None:
    packed = await api.get("/settings", headers=TAKES)
    plain = await api.get("/settings", headers={"accept-encoding": "gzip"})
    assert packed.headers[PACKED] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in packed.headers
    assert PACKED not in plain.headers
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) * 4 < len(plain.content)


@pytest.mark.parametrize(("method", "path"), [("GET", "/me"), ("GET", "/roles?q=no-such-role"), ("POST", "/mail/test")])
async def test_what_has_a_token_or_is_small_or_changes_is_not(api: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await api.request(method, path, headers=TAKES)
    assert PACKED not in answer.headers
    assert answer.json()
