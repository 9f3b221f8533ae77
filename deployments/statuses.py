"""HTTP statuses as the first line of an answer. Data only."""

from http import HTTPStatus

STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}
STATUS_LINES |= {499: b"HTTP/1.1 499 Client Closed Request\r\n", 529: b"HTTP/1.1 529 Site is overloaded\r\n"}
BODILESS = {204, 304}
"""Answers without a body and without framing headers (RFC 9110, 15.3.5 and 15.4.5)."""


def status_line(status: int) -> bytes:
    """The first line of an answer; an upstream may have chosen a status that no standard names."""
    return STATUS_LINES.get(status) or b"HTTP/1.1 %d \r\n" % status
