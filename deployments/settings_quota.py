"""Settings of quota: a group of deployments/settings.py, which reads them."""

from typing import Annotated

from pydantic import Field

from deployments.settings_group import Group, Seconds


class Quota(Group):
    """Balances and budgets: what replicas lease of them, and how much of a request is reserved before it is sent.

    Concerns keys whose user, organisation or own budget limits what they spend.
    """

    lease_ttl_s: int = Field(
        120, ge=10, le=3600, description="How long a replica may spend from its leases while the database is away."
    )
    cover_s: Seconds = Field(
        60.0, description="Seconds of spending that a replica keeps leased: so long an outage fails no request."
    )
    idle_s: Seconds = Field(10.0, description="After so long without a request a replica gives its lease back.")
    wait_s: Annotated[float, Field(ge=0, le=30)] = Field(
        2.0, description="How long a request waits for what other replicas and running requests give back; then 402."
    )
    timeout_s: Annotated[float, Field(gt=0, le=30)] = Field(
        3.0, description="How long a request waits for the database; then 503."
    )
    reclaim_grace_s: int = Field(
        3600,
        ge=60,
        le=30 * 86_400,
        description="After so long the lease of a replica counts as lost when nobody has read its journal to the end.",
    )
    default_output_tokens: int = Field(
        8192,
        ge=1,
        le=10_000_000,
        description="Output reserved for a request that sets no maximum, where the model's own is not known.",
    )
    min_output_tokens: int = Field(
        16, ge=1, le=10_000_000, description="A request is refused when the balance pays for less output than this."
    )
    image_tokens: int = Field(
        50_000, ge=0, le=10_000_000, description="Input tokens reserved for an image; models count 85 to 48,169."
    )
    file_tokens: int = Field(
        200_000,
        ge=0,
        le=100_000_000,
        description="Input tokens reserved for a document, and for audio or video that is sent as an address; "
        "at most the model's context.",
    )
