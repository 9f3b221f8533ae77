"""Safety rules over the API and the command."""

from typing import Any

import pytest

from deployments.compiler import safety_row
from storage.repositories import safety_rules

CARDS = {"name": "cards", "kind": "detectors", "action": "mask", "detectors": ["credit_card"]}
NUMBER = "4111 1111 1111 1111"


async def test_life_of_a_rule(api, world, refused) -> None:
    made = await api.post("/safety-rules", json={**CARDS, "models": ["gpt-*"], "position": 5})
    assert made.status_code == 201, made.text
    rule = made.json()
    assert (rule["stages"], rule["models"], rule["has_secret"], rule["word_count"]) == (
        ["input", "output"], ["gpt-*"], False, 0,
    )  # fmt: skip
    refused(await api.post("/safety-rules", json=CARDS), 409)
    await api.post("/safety-rules", json={"name": "names", "kind": "words", "action": "log", "words": ["Ann"]})
    listed = (await api.get("/safety-rules")).json()
    assert [each["name"] for each in listed["items"]] == ["cards", "names"]
    assert [each["name"] for each in (await api.get("/safety-rules?kind=words&q=nam")).json()["items"]] == ["names"]
    changed = await api.patch(
        "/safety-rules/cards", json={"action": "block", "name": "no-cards"}, headers={"if-match": made.headers["etag"]}
    )
    assert (changed.json()["action"], changed.json()["name"]) == ("block", "no-cards")
    refused(await api.patch("/safety-rules/no-cards", json={}, headers={"if-match": made.headers["etag"]}), 412)
    assert (await api.delete("/safety-rules/no-cards")).status_code == 204
    refused(await api.get("/safety-rules/no-cards"), 404)
    actions = [each["action"] for each in (await api.get("/audit")).json()["items"]]
    assert actions[:4] == ["safety.delete", "safety.change", "safety.create", "safety.create"]


async def test_a_webhook_keeps_its_secret(api, world) -> None:
    hook = {"name": "judge", "kind": "webhook", "action": "block", "url": "https://judge.example/x", "secret": "s3cret"}
    made = await api.post("/safety-rules", json=hook)
    assert made.status_code == 201, made.text
    assert "s3cret" not in made.text
    assert made.json()["has_secret"]
    await api.patch("/safety-rules/judge", json={"name": "court"})
    async with world.sessions() as session:
        row = await safety_rules.find_by_name(session, "court")
    assert row is not None
    assert row.secret is not None
    assert world.box.open(row.secret, "safety:court") == "s3cret"
    sent = safety_row(row)
    assert (sent.url, sent.kind, sent.timeout_s) == ("https://judge.example/x", "webhook", 2.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "words", "words": []},
        {"kind": "words", "words": ["x" * 201]},
        {"kind": "patterns", "patterns": ["("]},
        {"kind": "patterns", "patterns": ["(?=x)"]},
        {"kind": "detectors", "detectors": ["nothing"]},
        {"kind": "webhook"},
        {"kind": "webhook", "url": "ftp://x"},
        {"kind": "words", "words": ["x"], "action": "dance"},
        {"kind": "words", "words": ["x"], "window": 3},
        {"kind": "words", "words": ["x"], "stages": []},
    ],
)
async def test_what_is_no_rule(api, refused, wrong: dict[str, Any]) -> None:
    refused(await api.post("/safety-rules", json={"name": "x", "action": "block", **wrong}), 422)
    await api.post("/safety-rules", json={"name": "ok", "kind": "patterns", "action": "log", "patterns": ["x"]})
    refused(await api.patch("/safety-rules/ok", json={"patterns": ["("]}), 422)


async def test_trying(api) -> None:
    await api.post("/safety-rules", json=CARDS)
    tried = (await api.post("/safety-rules/try", json={"text": f"pay {NUMBER} now"})).json()
    assert (tried["text"], tried["blocked_by"]) == ("pay [credit_card] now", None)
    assert tried["findings"] == [
        {"rule": "cards", "action": "mask", "kind": "credit_card", "start": 4, "end": 23},
    ]  # fmt: skip
    rule = {"name": "draft", "kind": "words", "action": "block", "words": ["now"], "message": "Later."}
    tried = (await api.post("/safety-rules/try", json={"text": f"pay {NUMBER} now", "rule": rule})).json()
    assert (tried["text"], tried["blocked_by"], tried["message"]) == (None, "draft", "Later.")
    found = (await api.get("/safety-rules/detectors")).json()["items"]
    assert {"email", "private_key"} <= {each["name"] for each in found}
