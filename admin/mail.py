"""Sending e-mail by SMTP, as the options `mail` say. Owns the connection and the form of a message, no words.

`await services.mail.send(to, subject, text, html)`; without a configured server it raises MailError at once.
"""

import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid

import aiosmtplib

from admin.options.mail import Mail
from admin.options.store import Options

_POLICY = SMTP.clone(cte_type="7bit")  # not every server takes eight


class MailError(Exception):
    """The mail was not sent; the message is one sentence for an operator, without secrets."""


class Mailer:
    """Sends one mail at a time, each on a connection of its own: mails are rare."""

    def __init__(self, options: Options) -> None:
        self._options = options

    async def available(self) -> bool:
        """Whether a server and a sender are configured."""
        mail = await self._options.get(Mail)
        return bool(mail.host and mail.sender)

    async def send(self, to: str, subject: str, text: str, html: str = "") -> None:
        """Send a mail to one address. Raises MailError. Open no database session meanwhile."""
        mail = await self._options.get(Mail)
        if not mail.host or not mail.sender:
            raise MailError("No mail server is configured (options mail.host and mail.sender).")
        message = compose(mail, to, subject, text, html)
        tls = None
        if mail.security != "none":
            tls = ssl.create_default_context()
            if not mail.verify:
                tls.check_hostname = False
                tls.verify_mode = ssl.CERT_NONE
        try:
            await aiosmtplib.send(
                message,
                sender=mail.sender,
                recipients=[to],
                hostname=mail.host,
                port=mail.port,
                username=mail.user or None,
                password=mail.password or None,
                use_tls=mail.security == "tls",
                start_tls=mail.security == "starttls",
                tls_context=tls,
                timeout=mail.timeout_s,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise MailError(f"The mail server refused with code {error.recipients[0].code}.") from None
        except aiosmtplib.SMTPResponseException as error:
            # The server's text can repeat what it was sent.
            raise MailError(f"The mail server refused with code {error.code}.") from None
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise MailError(f"The mail server could not be reached or used ({type(error).__name__}).") from None


def compose(mail: Mail, to: str, subject: str, text: str, html: str = "") -> EmailMessage:
    """The message. Raises MailError for what would begin another line of its head."""
    try:
        message = EmailMessage(policy=_POLICY)
        message["From"] = _address(mail.sender, mail.sender_name)
        message["To"] = _address(to)
        if mail.reply_to:
            message["Reply-To"] = _address(mail.reply_to)
        message["Subject"] = subject
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=mail.sender.rpartition("@")[2] or None)
        # Answering machines leave such mail alone (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
    except (ValueError, IndexError):
        raise MailError("An address, a name or the subject of the mail cannot be used.") from None
    return message


def _address(text: str, name: str = "") -> Address:
    user, _, domain = text.rpartition("@")
    if not user or not domain or not text.isprintable() or not name.isprintable() or set(text) & set("<>,; \t"):
        raise ValueError("not an address")
    return Address(name, user, domain)
