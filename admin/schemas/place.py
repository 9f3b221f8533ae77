"""What a channel says of where it is and what it speaks: syntax only, the rules of providers are admin/providers.py."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from adapters.capabilities import CAPABILITIES
from admin.schemas.base import Flag
from admin.schemas.models import Pattern
from admin.schemas.urls import BaseUrl

Protocol = Literal["chat", "responses", "messages", "gemini"]

Region = Annotated[
    str,
    Field(strict=True, pattern=r"^[a-z][a-z0-9-]{0,31}$", description="One of the provider's.", examples=["singapore"]),
]
Parameters = Annotated[
    dict[
        Annotated[str, Field(strict=True, pattern=r"^[a-z][a-z0-9_]{0,31}$")],
        # They become parts of a host's name or of a path.
        Annotated[str, Field(strict=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$")],
    ],
    Field(max_length=8, description="What the provider's addresses need.", examples=[{"workspace_id": "ws-1"}]),
]
BaseUrls = Annotated[
    dict[Protocol, BaseUrl],
    Field(description="Whole addresses of single protocols.", examples=[{"messages": "https://host.example/v1"}]),
]


def _not_twice(names: list[Protocol]) -> list[Protocol]:
    if len(set(names)) != len(names):
        raise ValueError("names a protocol twice")
    return names


ProtocolList = Annotated[list[Protocol], AfterValidator(_not_twice), Field(min_length=1, max_length=4)]
Protocols = Annotated[
    ProtocolList | dict[Pattern, ProtocolList],
    Field(
        description="The protocols that are used, the preferred one first; or by glob of upstream models. "
        "Absent: those of the provider's row.",
        examples=[["responses", "chat"], {"gpt-5*": ["responses"]}],
    ),
]


def _known(capabilities: dict[str, bool]) -> dict[str, bool]:
    for name in capabilities:
        if name not in CAPABILITIES:
            raise ValueError(f"{name!r} is not a known capability; known are: {', '.join(CAPABILITIES)}")
    return capabilities


Capabilities = Annotated[
    dict[Annotated[str, Field(strict=True, max_length=64)], Flag],
    AfterValidator(_known),
    Field(max_length=100, description="Over what the provider's row says.", examples=[{"images": True}]),
]
