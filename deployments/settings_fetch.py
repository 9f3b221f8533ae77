"""Settings of fetching media: a group of deployments/settings.py, which reads them."""

import ipaddress
from typing import Annotated

from pydantic import Field, field_validator

from deployments.settings_group import Group


class Fetch(Group):
    """Media that a client names by URL, where the provider's protocol takes only the bytes. See docs/media.md."""

    enabled: bool = Field(True, description="Whether the gateway fetches media; else such a request gets 400.")
    timeout_s: Annotated[float, Field(gt=0, le=300)] = Field(
        15.0, description="From the first look-up of a name to the last byte of one medium."
    )
    max_bytes: Annotated[int, Field(ge=1024, le=1 << 30)] = Field(
        20 * 1024 * 1024, description="The largest medium that is fetched."
    )
    request_bytes: Annotated[int, Field(ge=1024, le=1 << 30)] = Field(
        50 * 1024 * 1024, description="All media of one request together."
    )
    per_request: int = Field(32, ge=1, le=1000, description="Media of one request.")
    at_once: int = Field(16, ge=1, le=1000, description="Media that a replica fetches at one time; more wait.")
    redirects: int = Field(3, ge=0, le=10, description="Redirects that are followed, each checked like the first URL.")
    allow: list[str] = Field(
        [], description="Networks that may be fetched from although they are not public, e.g. [10.1.0.0/16]."
    )
    types: list[str] = Field(
        ["image/*", "audio/*", "video/*", "application/pdf", "text/plain", "text/markdown", "text/csv"],
        description="Media types that are taken, as globs.",
    )

    @field_validator("allow")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        for network in value:
            try:
                ipaddress.ip_network(network)
            except ValueError:
                raise ValueError(f"{network!r} is no network; write 10.1.0.0/16 or 10.1.2.3/32") from None
        return value
