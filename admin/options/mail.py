"""How the gateway sends e-mail."""

from typing import Literal

from pydantic import Field, field_validator

from admin.options.base import OptionGroup, Secret
from admin.options.checks import one_line


class Mail(OptionGroup):
    """Outgoing e-mail, by SMTP."""

    area = "mail"
    title = "E-mail"
    guarded = True

    host: str = Field(
        "", max_length=255, description="SMTP server; empty: no mail is sent.", examples=["smtp.example.com"]
    )
    port: int = Field(587, ge=1, le=65535, description="Its port.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="starttls: encryption is required after connecting; tls: from the start; none: never."
    )
    verify: bool = Field(True, description="Whether the server's certificate is checked.")
    user: str = Field("", max_length=255, description="User name; empty: no login.")
    password: Secret = Field("", max_length=1024, description="Password.")
    sender: str = Field("", max_length=254, description="Address that mails come from.", examples=["ai@example.com"])
    sender_name: str = Field("LLM gateway", max_length=100, description="Name that mails come from.")
    reply_to: str = Field("", max_length=254, description="Address for answers; empty: the sender's.")
    timeout_s: float = Field(15.0, ge=1, le=120, description="How long one mail may take.")

    _lines = field_validator("host", "user", "sender", "sender_name", "reply_to")(one_line)
