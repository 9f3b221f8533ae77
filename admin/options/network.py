"""Where the gateway itself may connect to on behalf of people, and whom it believes about addresses."""

from pydantic import Field, field_validator

from admin.options.base import OptionGroup
from admin.options.checks import networks


class Network(OptionGroup):
    """Networks."""

    area = "network"
    title = "Network"
    guarded = True

    allow: list[str] = Field(
        default_factory=list,
        max_length=100,
        description="Networks (CIDR) that webhooks, identity providers and the like may be in although not public.",
        examples=[["10.1.0.0/16"]],
    )
    trusted_proxies: list[str] = Field(
        default_factory=list,
        max_length=100,
        description="Networks (CIDR) of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.",
        examples=[["127.0.0.1/32"]],
    )
    public_url: str = Field(
        "",
        max_length=2048,
        pattern=r"^$|^https?://[^\s/?#@]+(/[^\s?#]*)?$",
        description="The gateway's address as people see it, for links in mails and for callbacks; "
        "empty: the address of the request, where that is safe.",
        examples=["https://ai.example.com"],
    )

    _check = field_validator("allow", "trusted_proxies")(networks)
