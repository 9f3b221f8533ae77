"""Settings of kept responses: a group of deployments/settings.py, which reads them."""

from typing import Annotated, Literal

from pydantic import Field

from deployments.settings_group import Group, Seconds


class Responses(Group):
    """Answers to /v1/responses that the gateway keeps, so that `previous_response_id` works with any provider.

    What is kept and what is not: docs/responses.md.
    """

    store: Literal["off", "on"] = Field(
        "off", description="on: answers are kept, encrypted, unless a request says `store: false`."
    )
    unknown: Literal["refuse", "pass"] = Field(
        "refuse",
        description="A `previous_response_id` that no key of the gateway has made, such as one from before the gateway:"
        " refuse answers 400, pass leaves it to the provider, which knows the account and not the key.",
    )
    keep_s: Annotated[float, Field(ge=60, le=366 * 86_400)] = Field(
        30 * 86_400.0, description="How long an answer is kept."
    )
    # Encrypted and in the worst case not compressible it has to fit in 16 MB, MySQL's bound of a value and a packet.
    max_bytes: Annotated[int, Field(ge=1024, le=8 * 1024 * 1024)] = Field(
        4 * 1024 * 1024, description="Bytes of input and output that are kept of one turn; a larger one is not kept."
    )
    chain: int = Field(200, ge=1, le=10_000, description="Turns that one `previous_response_id` may lead back over.")
    chain_bytes: Annotated[int, Field(ge=1024, le=1 << 30)] = Field(
        50 * 1024 * 1024, description="Bytes of all these turns; a longer conversation gets 400."
    )
    timeout_s: Seconds = Field(5.0, description="How long a request waits for the database; then 503.")
