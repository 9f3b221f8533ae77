"""What the console's first page is told: for everybody, in one answer, without secrets."""

import pytest


async def test_a_fresh_gateway(anyone) -> None:
    answer = await anyone.get("/api/v1/public/console")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["name"], found["version"], found["setup_needed"]) == ("Gateway", "1.2.3", True)
    assert found["locales"] == ["zh-CN", "zh-TW", "en", "fr", "ja"]
    assert found["currency"] == {"code": "USD", "unit": "", "rate": "1", "digits": 2}
    assert (found["login"]["password"], found["login"]["registration"], found["login"]["elsewhere"]) == (
        True,
        "off",
        [],
    )
    assert found["announcements"] == []


async def test_what_operators_set(anyone, api) -> None:
    for area, values in {
        "console": {"name": "Acme AI", "currency": "JPY", "public_status": True, "grafana_url": "https://g.example"},
        "payments": {"rates": {"USD": "1", "JPY": "150"}},
        "identity": {"turnstile_site_key": "site", "turnstile_secret": "hidden-secret"},
    }.items():
        answer = await api.patch(f"/settings/{area}", json=values)
        assert answer.status_code == 200, answer.text
    await api.post("/announcements", json={"kind": "notice", "title": "Hello"})
    await api.post("/announcements", json={"kind": "notice", "title": "Inside", "signed_in_only": True})
    answer = await anyone.get("/api/v1/public/console")
    found = answer.json()
    assert (found["name"], found["currency"]) == (
        "Acme AI",
        {"code": "JPY", "unit": "", "rate": "150", "digits": 0},
    )
    assert (found["login"]["turnstile_site_key"], found["features"]["status_page"]) == ("site", True)
    assert [one["title"] for one in found["announcements"]] == ["Hello"]
    assert "hidden-secret" not in answer.text
    assert "g.example" not in answer.text
    assert "g.example" not in (await anyone.get("/api/v1/public/settings")).text


async def test_a_currency_without_a_rate_is_not_shown(anyone, api, refused) -> None:
    await api.patch("/settings/console", json={"currency": "CHF"})
    assert (await anyone.get("/api/v1/public/console")).json()["currency"]["code"] == "USD"
    refused(await api.patch("/settings/console", json={"currency": "ZZZ"}), 422)
    refused(await api.patch("/settings/console", json={"logo_url": "javascript:alert(1)"}), 422)


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ({"currency": "EUR", "currency_rate": "0.9"}, {"code": "EUR", "unit": "", "rate": "0.9", "digits": 2}),
        ({"currency": "CHF", "currency_rate": "0.88"}, {"code": "CHF", "unit": "", "rate": "0.88", "digits": 2}),
        ({"currency": "USD", "currency_rate": "3"}, {"code": "USD", "unit": "", "rate": "1", "digits": 2}),
        ({"currency": "quota"}, {"code": "quota", "unit": "", "rate": "500000", "digits": 0}),
        ({"currency": "custom"}, {"code": "custom", "unit": "credits", "rate": "1", "digits": 2}),
        (
            {"currency": "custom", "currency_unit": "\u25ce", "currency_rate": "1000", "currency_digits": 0},
            {"code": "custom", "unit": "\u25ce", "rate": "1000", "digits": 0},
        ),
    ],
)
async def test_what_money_is_shown_in(anyone, api, wanted, shown) -> None:
    answer = await api.patch("/settings/console", json=wanted)
    assert answer.status_code == 200, answer.text
    assert (await anyone.get("/api/v1/public/console")).json()["currency"] == shown


@pytest.mark.parametrize(
    "wrong",
    [
        {"currency_rate": "0"},
        {"currency_rate": "-1"},
        {"currency_rate": "1e400"},
        {"currency_rate": "0.0000001"},
        {"currency_rate": 7.2},
        {"currency_unit": ""},
        {"currency_unit": "a\nb"},
        {"currency_digits": 7},
    ],
)
async def test_a_rate_or_unit_that_is_none(api, refused, wrong) -> None:
    refused(await api.patch("/settings/console", json=wrong), 422)


async def test_a_preset_is_one_that_the_console_has(anyone, api, refused) -> None:
    assert (await api.patch("/settings/console", json={"preset": "simple-large"})).status_code == 200
    assert (await anyone.get("/api/v1/public/console")).json()["preset"] == "simple-large"
    refused(await api.patch("/settings/console", json={"preset": "midnight"}), 422)
