"""Settings of requests with an Idempotency-Key. A group of deployments/settings.py, in a file of its own."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Rules(BaseModel):
    """What is kept for a retry, and for how long."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    keep_s: Annotated[float, Field(ge=1, le=2_592_000)] = Field(
        86_400.0, description="How long the answer to a request with an Idempotency-Key is kept for its retries."
    )
    # Encrypted and in the worst case not compressible it has to fit in 16 MB, MySQL's bound of a value and a packet.
    answer: Annotated[int, Field(ge=0, le=8 * 1024 * 1024)] = Field(
        4 * 1024 * 1024, description="Bytes of an answer that is kept; retries of a larger one get 409 when it is over."
    )
    memory: Annotated[int, Field(ge=65_536, le=1 << 30)] = Field(
        1024 * 1024, description="Bytes of a running answer that stay in memory; the rest goes to a temporary file."
    )
    lease_s: Annotated[float, Field(ge=0.3, le=3600)] = Field(
        15.0, description="How long a request belongs to a replica that does not report any more."
    )
    on_outage: Literal["open", "closed"] = Field(
        "closed",
        description="While the database is away, requests with an Idempotency-Key run without its protection (open) "
        "or get 503 (closed).",
    )
