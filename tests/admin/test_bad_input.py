"""Every field of every body with values that do not belong there: always a clear 4xx, never an echo, never a 5xx."""

from typing import Any

import pytest

# Wrong for every field of every body.
JUNK: list[Any] = [
    {"$ne": 1},
    [[[]]],
    "nul\0byte",
    "line\nbreak",
    "x" * 100_000,
    10**30,
    -(2**63) - 1,
    "\u202eoverride",
]
CHANNEL = {"name": "n", "provider": "openai"}
FIELDS = [
    ("/channels", CHANNEL, name)
    for name in (
        *("name", "provider", "base_url", "secret", "models", "priority", "weight", "enabled", "headers", "settings"),
        "proxy_secret",
    )
] + [("/keys", {"name": "n"}, name) for name in ("name", "key", "models", "enabled", "admin", "expires_at")]


@pytest.mark.parametrize(("path", "body", "field"), FIELDS, ids=[f"{path}-{field}" for path, _, field in FIELDS])
async def test_junk_in_every_field(api, refused, make_channel, path: str, body: Any, field: str) -> None:
    await make_channel("there")
    await api.post("/keys", json={"name": "there"})
    for junk in JUNK:
        answer = refused(await api.post(path, json=body | {field: junk}), 422)
        assert answer["errors"][0]["field"].startswith(f"body.{field}")
        assert str(junk) not in str(answer)
        if field != "key":
            refused(await api.patch(f"{path}/there", json={field: junk}), 422)
        document = {"document": {path.strip("/"): [body | {field: junk}]}}
        refused(await api.post("/apply", json=document), 422)


def wrong(field: str, *values: Any) -> Any:
    """One test of these values of one field: an application per value would take most of the time."""
    return pytest.param(field, values, id=field)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        wrong("name", "", " a", "a ", "a/b", "a\\b", "..", ".", "123", "x" * 65, None, 1, True, "\u00ad"),
        wrong("provider", "", "nobody", None, 999, True, 1.5),
        wrong(
            "base_url",
            *("", "x", "ftp://a/v1", "http://", "http:///v1", "https://u:p@a/v1", "https://u@a/v1", "https://a/v1#f"),
            *("https://a/v1?k=v", "https://a:0/v1", "https://a:99999/v1", "https://a b/v1", "https://a\r\nb/v1"),
            *("https://[::1/v1", "https://münchen.example/v1", "//a/v1", "https://a\\b", "https://-a/", 1),
            "https://a/" + "x" * 2048,
        ),
        wrong("secret", "", "with space", "line\r\nbreak", "\u00e9\u00e9", 1, "x" * 8193),
        wrong("proxy_secret", "", "user", ":password", "u:p w", "u:p\r\n", "u:\u00e9", 1, "u:" + "x" * 510, "u:p"),
        wrong("models", [], {}, [""], ["a b"], ["gpt-[45]"], ["a?"], ["a", "a"], {"a": "b*"}, {"a": 1}, {"a b": "c"}),
        wrong(
            "models", "gpt-5-mini", [1], [None], ["x" * 201], {"": ""}, {"a": "x" * 201}, [f"m{n}" for n in range(2001)]
        ),
        wrong("priority", 1.5, "1", None, True, 1_000_001, float("1e30")),
        wrong("weight", -1, 0.5, "1", None, False, 1_000_001),
        wrong("enabled", 1, 0, "true", "yes", None),
        wrong(
            "headers",
            [],
            {"a": 1},
            {"a b": "c"},
            {"": "x"},
            {"a": "x\r\ny: z"},
            {"a": " x"},
            {"a": "\u00e9"},
            {"A": "", "a": ""},
        ),
        wrong("headers", {"Host": "x"}, {"Connection": "x"}, {"content-length": "1"}, {"Transfer-Encoding": "chunked"}),
        wrong("headers", {"Authorization": "Bearer x"}, {"x-api-key": "x"}, {"api-key": "x"}, {"Cookie": "x"}),
        wrong("headers", {f"h{n}": "" for n in range(33)}, {"a": "x" * 2049}, {"x" * 129: ""}, {"a:b": ""}),
        wrong("settings", {"unknown": 1}, {"connect_timeout_s": 0}, {"connect_timeout_s": -1}, {"idle_timeout_s": "5"}),
        wrong(
            "settings", {"first_byte_timeout_s": 1e9}, {"proxy": "http://u:p@proxy"}, {"proxy": "gopher://x"}, [], None
        ),
        wrong("settings", {"proxy": "http://proxy/path"}, {"connect_timeout_s": True}),
        wrong("origin", "apply"),
        wrong("id", 7),
        wrong("secret_hint", "...1234"),
        wrong("has_proxy_secret", True),
    ],
)
async def test_channel_fields(api, refused, field: str, values: tuple[Any, ...]) -> None:
    for value in values:
        body = refused(await api.post("/channels", json=CHANNEL | {field: value}), 422)
        assert body["errors"][0]["field"].startswith(f"body.{field}")
    assert (await api.get("/channels")).json()["items"] == []


@pytest.mark.parametrize(
    ("field", "values"),
    [
        wrong("models", [], {}, "gpt", ["a", "a"], [""], ["a b"]),
        wrong("expires_at", 0, 1_900_000_000, "1900000000", "2031-01-01", "2031-01-01T00:00:00", "tomorrow", ""),
        wrong("expires_at", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2031-13-01T00:00:00Z", True),
        wrong("enabled", "false", 0, None),
        wrong("admin", "true", 1, None),
        wrong("digest", "x"),
        wrong("hint", "x"),
    ],
)
async def test_key_fields(api, refused, field: str, values: tuple[Any, ...]) -> None:
    for value in values:
        body = refused(await api.post("/keys", json={"name": "n", field: value}), 422)
        assert body["errors"][0]["field"].startswith(f"body.{field}")


PRICE_CHANGES: list[dict[str, Any]] = [
    *({"model": bad} for bad in ("", "gpt-*", "a b", None, 1, "x" * 201)),
    *({"provider": bad} for bad in (None, 999, "x" * 65, "a\0")),
    {"cache_read": -1},
    {"cache_write": "x"},
    {"source": "seed"},
    {"input": None},
]


async def test_price_fields(api, refused) -> None:
    for change in PRICE_CHANGES:
        body = {"model": "m", "input": 1, "output": 1} | change
        refused(await api.put("/prices", json=body), 422)


NAMES = [
    "0",
    "-1",
    "9" * 10,
    "9" * 19,
    "9" * 100,
    "\u0661",
    "nobody",
    "%00",
    "%ff%fe",
    "a%2Fb",
    "..%2f..",
    "%0d%0a",
    "'; --",
    "x" * 300,
]


async def test_names_in_paths(api) -> None:
    for noun in ("channels", "keys"):
        for name in NAMES:
            for method in ("GET", "PATCH", "DELETE"):
                answer = await api.request(method, f"/{noun}/{name}", json={} if method == "PATCH" else None)
                assert answer.status_code in {404, 405, 422}, answer.text


async def test_usage_queries(api, refused) -> None:
    for limit in ("0", "-1", "1001", "x", "1e9", "9" * 5000):
        refused(await api.get(f"/usage?limit={limit}"), 422)
    for query in ("key=", "model=", "request_id=%00", "request_id=" + "x" * 65):
        refused(await api.get(f"/usage?{query}"), 422)


async def test_prices_queries_and_ids(api, refused) -> None:
    for query in ("source=x", "limit=0", "cursor=x", "sort=input", "search=" + "x" * 201, "search=%00", "provider=%00"):
        refused(await api.get(f"/prices?{query}"), 422)
    for ref in ("x", "0", "-1", "9" * 30, "1.5"):
        refused(await api.delete(f"/prices/{ref}"), 422)


async def test_test_bodies(api, refused, make_channel) -> None:
    await make_channel("n", models=["m"])
    bodies: tuple[Any, ...] = ({"model": 1}, {"model": "a b"}, {"stream": "yes"}, {"other": 1}, [], "m")
    for body in bodies:
        refused(await api.post("/channels/n/test", json=body), 422)
    refused(await api.post("/channels/n/test", json={"model": "gpt-*"}), 422)


async def test_apply_bodies(api, refused) -> None:
    bodies: tuple[Any, ...] = (
        {},
        {"document": None},
        {"document": {}, "dry_run": "yes"},
        {"document": {}, "prune": 1},
        {"document": []},
    )
    for body in bodies:
        refused(await api.post("/apply", json=body), 422)
    many = [{"name": f"k{number}", "key": "k" * 20 + str(number)} for number in range(2001)]
    refused(await api.post("/apply", json={"document": {"keys": many}}), 422)


@pytest.mark.parametrize("noun", ["keys", "channels"])
@pytest.mark.parametrize("field", ["q", "group"])
async def test_control_characters_in_a_search_find_nothing(api, noun: str, field: str) -> None:
    answer = await api.get(f"/{noun}", params={field: "a\x1db"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["items"] == []
