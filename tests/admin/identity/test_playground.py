"""The playground's key: a person's own, short-lived, gone with the session."""

from admin import playground_keys
from storage import crypto
from storage.repositories import keys


async def _works(world, value: str) -> bool:
    """As the data plane sees it."""
    async with world.sessions() as session:
        row = await keys.find_by_digest(session, crypto.digest(value))
    if row is None or not row.enabled:
        return False
    ends = [row.expires_at] + ([row.old_until] if row.digest != crypto.digest(value) else [])
    return all(end is not None and end.timestamp() > world.now for end in ends)


async def test_a_key_for_the_page(browser, person, world) -> None:
    ann = await person()
    await browser.login()
    first = await browser.ok("POST", "/playground/key", status=201)
    assert first["key"].startswith("sk-gw-")
    assert first["seconds"] == 900
    async with world.sessions() as session:
        row = await keys.get(session, first["key_id"])
    assert row is not None
    assert (row.user_id, row.origin, row.name) == (ann.id, "playground", first["name"])
    assert await _works(world, first["key"])
    second = await browser.ok("POST", "/playground/key", status=201)
    assert second["key_id"] == first["key_id"]
    assert [await _works(world, one["key"]) for one in (first, second)] == [True, True]
    third = await browser.ok("POST", "/playground/key", status=201)
    assert [await _works(world, one["key"]) for one in (first, second, third)] == [False, True, True]
    assert [one["action"] for one in await _audit(world)].count("keys.create") == 1
    shown = str(await browser.ok("GET", "/keys"))
    assert first["name"] in shown
    assert not any(value["key"] in shown for value in (first, second, third))


async def _audit(world) -> list[dict[str, str]]:
    from sqlalchemy import select

    from storage.models import AuditEntry

    async with world.sessions() as session:
        return [{"action": row.action} for row in (await session.scalars(select(AuditEntry))).all()]


async def test_gone_with_the_session(browser, person, world) -> None:
    await person()
    await browser.login()
    made = await browser.ok("POST", "/playground/key", status=201)
    await browser.ok("POST", "/logout", status=204)
    assert not await _works(world, made["key"])


async def test_ended_and_taken_again(browser, person, world) -> None:
    await person()
    await browser.login()
    made = await browser.ok("POST", "/playground/key", status=201)
    await browser.ok("DELETE", "/playground/key", status=204)
    assert not await _works(world, made["key"])
    await browser.ok("DELETE", "/playground/key", status=204)
    again = await browser.ok("POST", "/playground/key", status=201)
    assert await _works(world, again["key"])
    assert not await _works(world, made["key"])
    world.now += playground_keys.LIFETIME_S + 1
    assert not await _works(world, again["key"])


async def test_not_without_a_session(api, browser, person, refused) -> None:
    assert refused(await api.post("/playground/key"), 400)["type"].endswith(":no-session")
    await person()
    await browser.login()
    assert (await browser.post("/playground/key", x_csrf_token="")).status_code == 403
