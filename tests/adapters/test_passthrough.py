"""Which headers go through."""

from adapters import passthrough

NOTHING: dict[str, str] = {}
CHANNEL = (("authorization", "Bearer upstream"), ("content-type", "application/json"))


def test_only_listed_client_headers_reach_a_provider() -> None:
    client = {
        b"authorization": b"Bearer client",
        b"cookie": b"a=b",
        b"x-forwarded-for": b"10.0.0.1",
        b"accept": b"text/event-stream",
        b"openai-beta": b"assistants=v2",
        b"openai-organization": b"org-client",
    }
    assert passthrough.request_headers(client, CHANNEL) == [
        *CHANNEL,
        ("openai-beta", "assistants=v2"),
        ("accept", "text/event-stream"),
    ]


def test_bytes_that_the_client_library_refuses_are_left_out() -> None:
    assert passthrough.request_headers({b"accept": b"\xe9"}, CHANNEL) == list(CHANNEL)


def test_only_listed_upstream_headers_reach_a_client() -> None:
    upstream = {
        "set-cookie": "s=1",
        "openai-organization": "org-x",
        "openai-processing-ms": "12",
        "openai-version": "v",
    }
    assert passthrough.response_headers(upstream.get, "req_1", "application/json") == (
        b"content-type: application/json\r\nx-request-id: req_1\r\nopenai-processing-ms: 12\r\nopenai-version: v\r\n"
    )


def test_upstream_headers_that_are_not_there_are_not_invented() -> None:
    assert passthrough.response_headers(NOTHING.get, "req_1", "text/event-stream") == (
        b"content-type: text/event-stream\r\nx-request-id: req_1\r\n"
    )


def test_upstream_request_id_is_bounded() -> None:
    assert passthrough.upstream_request_id({"request-id": "a" * 300}.get) == "a" * 128
    assert passthrough.upstream_request_id(NOTHING.get) == ""
