"""One attempt to deliver one event to one target. Nothing here knows when, how often, or what becomes of it.

Answers are read up to a bound and shown as text; redirects are failures, because they would pass the check of addresses
for another address. Times are seconds.
"""

import time
from datetime import UTC, datetime

import httpx
import msgspec

from admin.mail import MailError
from admin.notifications import secrets, signing
from admin.notifications.texts import words
from admin.outbound import RefusedAddressError
from admin.services import Services
from storage.crypto import SealError
from storage.events.deliveries import Result
from storage.models.event import Event, Target
from storage.repositories import credentials, users

TIMEOUT_S = 10.0
SHOWN = 500
"""Characters of an answer that are kept."""


async def send(services: Services, target: Target, event: Event) -> Result:
    """Try it once; every failure is a result."""
    began = time.monotonic()
    try:
        keys = secrets.opened(services.box, target, services.clock())
        result = await _SENDERS[target.kind](services, target, event, keys)
    except MailError as error:
        result = Result(delivered=False, problem=str(error))
    except RefusedAddressError:
        result = Result(delivered=False, problem="The address is not public, or unknown.")
    except httpx.TimeoutException:
        result = Result(delivered=False, problem=f"No answer within {TIMEOUT_S:.0f} s.")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        result = Result(delivered=False, problem=f"The address could not be reached ({type(error).__name__}).")
    except (SealError, KeyError):
        result = Result(delivered=False, problem="What this target needs to be reached cannot be opened.")
    return result._replace(milliseconds=round((time.monotonic() - began) * 1000))


def message(event: Event) -> bytes:
    """The body of a webhook: {"type", "timestamp", "data"}, the same for each attempt."""
    at = datetime.fromtimestamp(event.created_at, tz=UTC).isoformat().replace("+00:00", "Z")
    return msgspec.json.encode({"type": event.kind, "timestamp": at, "data": event.data})


async def _language(services: Services, target: Target) -> str:
    """That of who reads it: of the mailbox's user, or of the target's owner; "" where that is nobody in particular."""
    async with services.sessions() as session:
        if target.kind == "email":
            reader = await credentials.find_email(session, target.address)
        else:
            reader = await users.get(session, target.user_id) if target.user_id is not None else None
        return reader.language if reader is not None else ""


async def _webhook(services: Services, target: Target, event: Event, keys: list[str]) -> Result:
    body = message(event)
    head = signing.headers(keys, f"evt_{event.id}", services.clock(), body)
    return await _post(services, target.url, body, {**head, "content-type": "application/json"})


async def _email(services: Services, target: Target, event: Event, _keys: list[str]) -> Result:
    said = words(event.kind, event.data, await _language(services, target))
    await services.mail.send(target.address, said.title, said.text, said.html)
    return Result(delivered=True)


async def _bark(services: Services, target: Target, event: Event, keys: list[str]) -> Result:
    # github.com/Finb/bark-server docs/API_V2.md, 2026-11: POST /push with the device's key in the body.
    said = words(event.kind, event.data, await _language(services, target))
    body = {"device_key": keys[0], "title": said.title, "body": said.text, "group": "LLM gateway"}
    return await _post(services, f"{target.url}/push", msgspec.json.encode(body), _JSON)


async def _gotify(services: Services, target: Target, event: Event, keys: list[str]) -> Result:
    # gotify.net/docs/pushmsg, 2026-11: POST /message with the application's token in X-Gotify-Key.
    said = words(event.kind, event.data, await _language(services, target))
    body = {"title": said.title, "message": said.text, "priority": 5}
    return await _post(services, f"{target.url}/message", msgspec.json.encode(body), {**_JSON, "x-gotify-key": keys[0]})


_JSON = {"content-type": "application/json; charset=utf-8"}
_SENDERS = {"webhook": _webhook, "email": _email, "bark": _bark, "gotify": _gotify}


async def _post(services: Services, url: str, body: bytes, head: dict[str, str]) -> Result:
    async with services.http.stream("POST", url, content=body, headers=head, timeout=TIMEOUT_S) as answer:
        text = await _beginning(answer)
    if 200 <= answer.status_code < 300:
        return Result(delivered=True, status=answer.status_code, answer=text)
    return Result(
        delivered=False,
        status=answer.status_code,
        problem=f"It answered {answer.status_code}.",
        answer=text,
        gone=answer.status_code == 410,
    )


async def _beginning(answer: httpx.Response) -> str:
    found = b""
    async for piece in answer.aiter_raw():
        found += piece
        if len(found) >= SHOWN * 4:
            break
    text = found.decode("utf-8", "replace")[:SHOWN]
    return "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)
