"""Rating past requests again, on the wire: what is asked for, and what one page came to."""

from typing import Annotated

from pydantic import Field, model_validator

from admin.schemas.base import MAX_ID, Flag, Text, UtcTime, Wire


class RerateRequest(Wire):
    """Which requests, at which prices. The answer covers one page: ask again with its `next` as `after` until null.

    `model` is the name at the upstream. Without `price` each request is rated at the version in force when it began.
    """

    since: UtcTime
    until: UtcTime | None = Field(default=None, description="null: now.")
    model: Annotated[Text, Field(min_length=1, max_length=200)] | None = None
    provider: Annotated[Text, Field(min_length=1, max_length=64)] | None = None
    price: Annotated[int, Field(strict=True, ge=1, le=MAX_ID)] | None = Field(
        default=None, description="The id of a price version."
    )
    unpriced: Flag = Field(default=False, description="Also requests that had no price.")
    dry_run: Flag = False
    after: Annotated[str, Field(pattern=r"^\d{1,18}\.[\x21-\x7e]{1,64}$")] | None = None

    @model_validator(mode="after")
    def _one_model(self) -> "RerateRequest":
        if self.price is not None and self.model is None:
            raise ValueError("needs a model when it names a price version")
        return self


class RerateResult(Wire):
    """One page. Differences are nano-USD: above zero the requests cost more now than was charged."""

    dry_run: bool
    checked: int
    changed: int
    no_price: int = Field(description="Requests for which there is no price.")
    unreadable: int = Field(description="Requests whose arithmetic cannot be read; they are left as they are.")
    cost: int
    provider_cost: int
    next: str | None
