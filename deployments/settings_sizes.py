"""Settings of sizes and of retention: groups of deployments/settings.py, which reads them."""

from typing import Annotated

from pydantic import Field, model_validator

from deployments.settings_group import Group

Bytes = Annotated[int, Field(ge=1024, le=1 << 40)]


class Sizes(Group):
    """Bounds in bytes."""

    body: Bytes = Field(50 * 1024 * 1024, description="A request body, compressed or not; more is answered with 413.")
    buffered: Bytes = Field(
        1024 * 1024 * 1024,
        description="All request bodies that a replica holds at one time; more is answered with 503.",
    )
    read_rate: int = Field(
        1024,
        ge=1,
        le=1 << 40,
        description="Bytes of body a second that a client must send on average after timeouts.client_read_s; "
        "a slower one is answered with 408.",
    )
    answer: Bytes = Field(256 * 1024 * 1024, description="An unstreamed answer of a provider.")
    journal: Bytes = Field(
        1024 * 1024 * 1024,
        description="Usage records not yet in the database; when full, requests are answered with 503.",
    )


class Retention(Group):
    """What is kept for how long. The ledger's entries are kept for ever."""

    usage_days: int = Field(
        0, ge=0, le=36_500, description="Days to keep the record of each request; 0: for ever. See docs/storage.md."
    )
    rollup_days: int = Field(
        0, ge=0, le=36_500, description="Days to keep the sums that reports and lists read, not less; 0: for ever."
    )

    @model_validator(mode="after")
    def _sums_outlive_records(self) -> "Retention":
        if self.rollup_days and not 0 < self.usage_days <= self.rollup_days:
            raise ValueError(f"rollup_days ({self.rollup_days}) must not be less than usage_days ({self.usage_days})")
        return self
