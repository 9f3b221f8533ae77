"""What the installed price library says otherwise than what is stored, on the wire, and what is approved of it."""

from typing import Annotated, Any, Literal

from pydantic import Field

from admin.schemas.base import Wire
from admin.schemas.price import AMOUNTS, shown_columns
from storage.pricing.entry import stored
from storage.pricing.seeding import Difference
from storage.pricing.translate import SeedPrice

MAX_NAMES = 10_000


class PriceDifference(Wire):
    """One model. `fields` has [stored, library's] of each component that differs; "gone": the library lists it no more.

    `name` is what approves it.
    """

    name: Annotated[str, Field(examples=["openai/gpt-5-mini"])]
    kind: Literal["new", "changed", "gone"]
    provider: str
    model: str
    fields: dict[str, tuple[Any, Any]]

    @classmethod
    def of(cls, difference: Difference) -> "PriceDifference":
        """The difference as the API shows it."""
        old, new = _shown(difference.old), _shown(difference.new)
        names = [name for name in (old or new) if (old.get(name) or None) != (new.get(name) or None)]
        return cls(
            name=difference.name,
            kind=difference.kind,
            provider=difference.provider,
            model=difference.model,
            fields={name: (old.get(name), new.get(name)) for name in names},
        )


def _shown(price: SeedPrice | None) -> dict[str, Any]:
    if price is None:
        return {}
    return shown_columns({**{name: getattr(price, name) for name in AMOUNTS}, "terms": stored(price.terms)})


class PriceSync(Wire):
    """All differences by provider and model, and the library's version."""

    library: Annotated[str, Field(examples=["0.0.40"])]
    items: list[PriceDifference]


class PriceApproval(Wire):
    """What to take over from now on: names of differences, or everything. The rest counts as looked at."""

    names: Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=MAX_NAMES)] | None = Field(
        description="null: everything."
    )
