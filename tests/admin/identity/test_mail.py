"""Mails over a real SMTP server: codes, links, who is told what, and what cannot be put into a mail."""

import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage, Message
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from admin.mail import MailError, compose
from admin.options.identity import Identity
from admin.options.mail import Mail
from admin.options.network import Network
from tests.admin.conftest import World
from tests.admin.identity.conftest import PASSWORD, SetOptions

NEW = "entirely other elephants"


READY_S = 60.0
"""How long a mail server may take to start; aiosmtpd's own 5 s are little on a machine that is busy."""


class Box:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, Message]] = []
        self.tls = False

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.tls = session.ssl is not None
        self.mails.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content)))
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address.startswith("unknown@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def text(self, index: int = -1) -> str:
        for part in self.mails[index][1].walk():
            if part.get_content_type() == "text/plain":
                return bytes(part.get_payload(decode=True)).decode()
        raise AssertionError


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def server(box: Box, free_port: int) -> Iterator[Controller]:
    controller = Controller(box, hostname="127.0.0.1", port=free_port, ready_timeout=READY_S)
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
async def mails(server: Controller, set_options: SetOptions, box: Box) -> Box:
    """A gateway that sends mail."""
    await set_options(Mail, host="127.0.0.1", port=server.port, security="none", sender="ai@example.com", timeout_s=60)
    return box


async def test_reset(browser, browsers, person, mails, world: World, set_options, refused) -> None:
    await set_options(Network, public_url="https://ai.example.org")
    await person(email="ann@example.com")
    await browser.login()
    stranger = browsers(ip="203.0.113.3")
    answer = await stranger.post("/password-reset", {"email": "Ann@example.com"}, host="evil.test")
    assert (answer.status_code, answer.text) == (202, "null")
    ((to, mail),) = mails.mails
    assert to == "ann@example.com"
    assert mail["From"] == "LLM gateway <ai@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    found = re.search(r"https://ai\.example\.org/console/reset#([\w-]{43})\s", mails.text())
    assert found
    assert "evil" not in mail.as_string()
    body = {"token": found[1], "password": NEW}
    assert refused(await stranger.post("/password-reset/confirm", {**body, "password": "password1234"}), 422)
    await stranger.ok("POST", "/password-reset/confirm", body, 204)
    refused(await stranger.post("/password-reset/confirm", body), 401)
    assert (await browser.get("/me")).status_code == 401
    refused(await browser.post("/login", {"login": "ann", "password": PASSWORD}), 401)
    await browser.login("ann", NEW)
    assert (await browser.ok("GET", "/me"))["email_verified"] is True
    assert mails.mails[-1][1]["Subject"] == "Your password has changed"


async def test_pauses_of_one_address_end_too(browser, browsers, person, api, mails, refused) -> None:
    """Who forgot the password has usually tried it too often where they sit."""
    await person(email="ann@example.com")

    async def pause() -> None:
        for login in ("ann", "Ann@example.com", "ann", "ann", "ann"):
            refused(await browser.post("/login", {"login": login, "password": "wrong"}), 401)
        refused(await browser.post("/login", {"login": "ann", "password": PASSWORD}), 429)

    await pause()
    assert (await api.post("/users/ann/unlock")).status_code == 200
    await browser.login()
    await pause()  # once more
    assert (await api.put("/users/ann/password", json={"password": NEW})).status_code == 200
    await browser.login("ann", NEW)
    await pause()
    await browser.post("/password-reset", {"email": "ann@example.com"})
    token = re.search(r"[\w-]{43}", mails.text())
    assert token
    await browser.ok("POST", "/password-reset/confirm", {"token": token[0], "password": PASSWORD}, 204)
    await browser.login()
    # Another name's stay, and so do those of the address.
    for _ in range(5):
        await browser.post("/login", {"login": "bob", "password": "wrong"})
    assert (await api.post("/users/ann/unlock")).status_code == 200
    refused(await browser.post("/login", {"login": "bob", "password": "wrong"}), 429)


async def test_operators_send_the_mail(browsers, person, mails, api, refused) -> None:
    await person("ann", None, email="ann@example.com")
    await person("bob")
    refused(await api.post("/users/bob/password-reset"), 409)
    browser = browsers()
    assert (await browser.post("/password-reset", {"email": "ann@example.com"})).status_code == 202
    assert mails.mails == []  # nobody without a password gets one by a mailbox alone
    assert (await api.post("/users/ann/password-reset")).status_code == 202
    found = re.search(r"[\w-]{43}", mails.text())
    assert found
    await browser.ok("POST", "/password-reset/confirm", {"token": found[0], "password": NEW}, 204)
    await browser.login("ann", NEW)


async def test_strangers_learn_nothing_of_a_reset(browser, person, mails) -> None:
    await person("locked", email="locked@example.com", locked_at=1)
    for email in ("nobody@example.com", "locked@example.com"):
        answer = await browser.post("/password-reset", {"email": email})
        assert (answer.status_code, answer.text) == (202, "null")
    assert mails.mails == []


async def test_links_grow_old_and_follow_the_address(browser, person, mails, world: World, refused) -> None:
    await person(email="ann@example.com")
    await browser.post("/password-reset", {"email": "ann@example.com"})
    token = re.search(r"[\w-]{43}", mails.text())
    assert token
    assert "http" not in mails.text()  # without a configured address there is no link that a Host header could bend
    world.now += 3601
    refused(await browser.post("/password-reset/confirm", {"token": token[0], "password": NEW}), 401)
    await browser.post("/password-reset", {"email": "ann@example.com"})
    token = re.search(r"[\w-]{43}", mails.text())
    await browser.login()
    await browser.ok("POST", "/me/email", {"email": "new@example.com"}, 202)
    code = re.search(r"\d{6}", mails.mails[-1][1]["Subject"])
    assert code
    await browser.ok("POST", "/me/email/confirm", {"email": "new@example.com", "code": code[0]})
    refused(await browser.post("/password-reset/confirm", {"token": token and token[0], "password": NEW}), 401)


async def test_mails_are_not_sent_without_end(browser, mails, refused, person) -> None:
    await person(email="ann@example.com")
    for _ in range(5):
        assert (await browser.post("/password-reset", {"email": "ann@example.com"})).status_code == 202
    refused(await browser.post("/password-reset", {"email": "ann@example.com"}), 429)
    assert len(mails.mails) == 5


async def test_another_address(browser, browsers, person, mails, world, refused) -> None:
    await person(email="ann@example.com")
    await person("bob", email="bob@example.com")
    await browser.login()
    await browser.ok("POST", "/me/email", {"email": "bob@example.com"}, 202)
    assert mails.mails[-1][1]["Subject"] == "You have an account already"
    await browser.ok("POST", "/me/email", {"email": "ann@work.example"}, 202)
    code = mails.mails[-1][1]["Subject"][:6]
    bob = browsers()
    await bob.login("bob")
    refused(await bob.post("/me/email/confirm", {"email": "ann@work.example", "code": code}), 422)
    refused(await browser.post("/me/email/confirm", {"email": "other@work.example", "code": code}), 422)
    me = await browser.ok("POST", "/me/email/confirm", {"email": "ann@work.example", "code": code})
    assert (me["email"], me["email_verified"]) == ("ann@work.example", True)
    to, told = mails.mails[-1]
    assert (to, told["Subject"]) == ("ann@example.com", "The address of your account has changed")
    assert "a***@work.example" in mails.text()


async def test_short_codes_have_five_tries(browser, person, mails, refused) -> None:
    await person()
    await browser.login()
    await browser.ok("POST", "/me/email", {"email": "ann@example.com"}, 202)
    code = mails.mails[-1][1]["Subject"][:6]
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        refused(await browser.post("/me/email/confirm", {"email": "ann@example.com", "code": wrong}), 422)
    refused(await browser.post("/me/email/confirm", {"email": "ann@example.com", "code": code}), 422)


async def test_register_with_a_proved_address(browser, mails, set_options, refused, api) -> None:
    await set_options(Identity, registration="open")
    body = {"name": "ann", "password": PASSWORD, "email": "ann@example.com"}
    refused(await browser.post("/register", body), 422)
    await browser.ok("POST", "/register/email", {"email": "ann@example.com"}, 202)
    code = mails.mails[-1][1]["Subject"][:6]
    refused(await browser.post("/register", {**body, "code": "000000" if code != "000000" else "000001"}), 422)
    browser.trust(await browser.ok("POST", "/register", {**body, "code": code}, 201))
    me = await browser.ok("GET", "/me")
    assert (me["name"], me["email_verified"], me["role"]) == ("ann", True, "member")
    # The address is taken now: who asks learns it by mail only.
    await browser.ok("POST", "/register/email", {"email": "ann@example.com"}, 202)
    assert mails.mails[-1][1]["Subject"] == "You have an account already"


async def test_guests_prove_their_address_too(browser, browsers, mails, api, set_options, refused) -> None:
    token = (await api.post("/invitations", json={"email": "ann@example.com"})).json()["token"]
    asked = {"email": "ann@example.com", "invitation": token}
    refused(await browser.post("/register/email", {**asked, "invitation": "x" * 32}), 422)
    refused(await browser.post("/register/email", {**asked, "email": "eve@example.com"}), 422)
    mails.mails.clear()
    await browser.ok("POST", "/register/email", asked, 202)
    body = {"name": "ann", "password": PASSWORD, **asked}
    refused(await browser.post("/register", body), 422)
    await browser.ok("POST", "/register", {**body, "code": mails.mails[-1][1]["Subject"][:6]}, 201)
    guest = (await api.post("/invitations", json={})).json()["token"]
    await browsers().ok("POST", "/register", {"name": "bob", "password": PASSWORD, "invitation": guest}, 201)


async def test_guests_come_in_without_mail(browser, api, set_options) -> None:
    token = (await api.post("/invitations", json={"email": "ann@example.com"})).json()["token"]
    body = {"name": "ann", "password": PASSWORD, "email": "ann@example.com", "invitation": token}
    browser.trust(await browser.ok("POST", "/register", body, 201))
    me = await browser.ok("GET", "/me")
    assert (me["email"], me["email_verified"]) == ("ann@example.com", False)


async def test_no_server_no_codes(browser, set_options, refused) -> None:
    await set_options(Identity, registration="open")
    assert refused(await browser.post("/register/email", {"email": "ann@example.com"}), 503)["type"].endswith("no-mail")


async def test_a_server_that_fails_fails_no_request(browser, person, set_options) -> None:
    await person(email="ann@example.com")
    await set_options(Mail, host="127.0.0.1", port=9, security="none", sender="ai@example.com", timeout_s=1)
    assert (await browser.post("/password-reset", {"email": "ann@example.com"})).status_code == 202


async def test_the_settings_can_be_tried(api, mails, set_options, refused) -> None:
    assert (await api.post("/mail/test", json={"to": "ann@example.com"})).status_code == 204
    assert mails.mails[-1][0] == "ann@example.com"
    found = refused(await api.post("/mail/test", json={"to": "unknown@example.com"}), 409)
    assert found["detail"] == "The mail server refused with code 550."
    await set_options(Mail, security="starttls")
    refused(await api.post("/mail/test", json={"to": "ann@example.com"}), 409)
    await set_options(Mail, host="")
    refused(await api.post("/mail/test", json={"to": "ann@example.com"}), 409)


def _certificate(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .sign(key, SHA256())
    )  # fmt: skip
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    return context


async def test_encryption_and_login(box, set_options, world: World, tmp_path, free_port: int) -> None:
    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"ai", b"secret"), handled=False)

    controller = Controller(
        box, hostname="127.0.0.1", port=free_port, ready_timeout=READY_S, tls_context=_certificate(tmp_path),
        require_starttls=True, auth_required=True, authenticator=check,
    )  # fmt: skip
    controller.start()
    try:
        await set_options(
            Mail,
            host="127.0.0.1",
            port=controller.port,
            sender="ai@example.com",
            user="ai",
            password="secret",
            verify=False,
            timeout_s=60,
        )
        await world.services().mail.send("ann@example.com", "Hello", "text", "<p>text</p>")
        assert box.tls
        assert box.mails[0][1].is_multipart()
        await set_options(Mail, password="wrong")
        with pytest.raises(MailError, match="code 535"):
            await world.services().mail.send("ann@example.com", "Hello", "text")
        await set_options(Mail, password="secret", verify=True)
        with pytest.raises(MailError):
            await world.services().mail.send("ann@example.com", "Hello", "text")
    finally:
        controller.stop()


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ("a@example.com\r\nBcc: b@example.com", "x"),
        ("a@example.com,b@example.com", "x"),
        ("a@example.com b@example.com", "x"),
        ("<a@example.com>", "x"),
        ("nobody", "x"),
        ("a@example.com", "x\r\nBcc: b@example.com"),
        ("a@example.com", "x\nX-Header: y"),
    ],
)
def test_nothing_begins_another_line_of_the_head(to: str, subject: str) -> None:
    with pytest.raises(MailError):
        compose(Mail(host="h", sender="ai@example.com"), to, subject, "text")


def test_names_of_other_alphabets() -> None:
    mail = compose(
        Mail(host="h", sender="ai@example.com", sender_name="网关"), "a@example.com", "Grüße", "ü", "<p>ü</p>"
    )
    assert isinstance(mail, EmailMessage)
    assert mail["Subject"] == "Grüße"
    mail.as_bytes().decode("ascii")


@pytest.mark.parametrize("value", ["ai@example.com\nBcc: x@example.com", "a\r\nb"])
async def test_options_of_one_line(value, set_options) -> None:
    from admin.problems import Problem

    with pytest.raises(Problem):
        await set_options(Mail, sender_name=value)


@pytest.mark.parametrize(
    "email", ["a@b", "a b@example.com", "a@example.com\n", "a@exa mple.com", "@example.com", "a@-x.com",
              "a" * 65 + "@x.com", "a..b@x.com", ".a@x.com", "a@x.com,b@x.com", "\u0430@x.com", "a@x.com\u0000"]
)  # fmt: skip
async def test_what_is_no_address(browser, refused, email) -> None:
    if email == "a@example.com\n":  # a form's white space around it is nobody's fault
        assert (await browser.post("/password-reset", {"email": email})).status_code == 202
        return
    refused(await browser.post("/password-reset", {"email": email}), 422)
