"""Every list is also a file: all of it, as its filters and order say, and only what the caller reaches."""

import csv
import io

import msgspec
import pytest

from admin import list_files
from admin.listing import Listed
from tests.admin.services import openapi_document

OTHERWISE = {"/usage": "/usage/export", "/tasks": "/tasks/export"}
"""Lists whose files are elsewhere, with bounds of their own."""


async def test_every_list_is_there_as_a_file(api) -> None:
    lists = {}
    for path, operations in openapi_document()["paths"].items():
        names = {one["name"] for one in operations.get("get", {}).get("parameters", ())}
        if "cursor" in names and path.removeprefix("/api/v1") not in OTHERWISE:
            lists[path.removeprefix("/api/v1")] = "format" in names
    assert all(lists.values()), lists
    for path in lists:
        if "{" not in path:
            answer = await api.get(path, params={"format": "csv"})
            assert answer.status_code == 200, (path, answer.text)
            assert answer.headers["content-type"].startswith("text/csv"), path


@pytest.fixture
async def vendors(api) -> list[str]:
    names = [f"vendor-{number:02}" for number in range(7)]
    for name in names:
        assert (await api.post("/vendors", json={"name": name, "link": "https://x.example"})).status_code == 201
    return names


async def test_all_pages_in_their_order(api, vendors, monkeypatch) -> None:
    monkeypatch.setattr(list_files, "PAGE", 3)
    answer = await api.get("/vendors", params={"format": "jsonl", "sort": "-name", "limit": 2})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["content-disposition"] == 'attachment; filename="vendors.jsonl"'
    rows = [msgspec.json.decode(line) for line in answer.content.splitlines()]
    assert [row["name"] for row in rows] == vendors[::-1]
    assert rows[0] == (await api.get("/vendors", params={"sort": "-name"})).json()["items"][0]
    found = (await api.get("/vendors", params={"format": "csv", "q": "vendor-03"})).text
    table = list(csv.DictReader(io.StringIO(found)))
    assert [row["name"] for row in table] == ["vendor-03"]


async def test_formulas_and_objects_are_cells(api) -> None:
    await api.post("/organisations", json={"name": "acme"})
    await api.post("/teams", json={"name": "eyes", "organisation": "acme", "remark": "=1+1"})
    (row,) = csv.DictReader(io.StringIO((await api.get("/teams", params={"format": "csv"})).text))
    assert (row["remark"], row["organisation"], row["role"]) == ("'=1+1", "acme", "")
    assert msgspec.json.decode(row["grants"]) == {"organisation_role": "", "group": ""}


async def test_what_is_wrong_is_still_said(api, vendors, refused) -> None:
    refused(await api.get("/vendors", params={"format": "xml"}), 422)
    refused(await api.get("/vendors", params={"format": "csv", "sort": "colour"}), 422)
    refused(await api.get("/vendors", params={"format": "csv", "cursor": "x"}), 422)
    refused(await api.get("/vendors", params={"format": "csv"}, headers={"authorization": "Bearer gwa-no"}), 401)


def test_only_lists_are_files() -> None:
    async def one() -> int:
        return 1

    async def many() -> Listed[int]:
        return Listed(items=[])

    assert list_files._item_of(one) is None
    assert list_files._item_of(many) is None
