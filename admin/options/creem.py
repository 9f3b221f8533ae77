"""Creem: a merchant of record that sells products of fixed prices."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from admin.options.base import OptionGroup, Secret
from admin.options.payments import decimal_of
from storage.payments.currencies import DIGITS, smallest


class Product(BaseModel):
    """A product at Creem and the credit it stands for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    product: Annotated[str, Field(pattern=r"^prod_[A-Za-z0-9]{1,27}$")]
    price: str = Field(description="Its price before taxes, as at Creem.", examples=["10.00"])
    currency: str = Field("USD", pattern=r"^[A-Z]{3}$")
    credit: str = Field(description="USD that are credited.", examples=["10"])

    @field_validator("credit")
    @classmethod
    def _credit(cls, value: str) -> str:
        decimal_of(value)
        return value

    @field_validator("currency")
    @classmethod
    def _currency(cls, value: str) -> str:
        if value not in DIGITS:
            raise ValueError("must be a currency that is supported")
        return value

    @field_validator("price")
    @classmethod
    def _price(cls, value: str) -> str:
        if smallest(value, "USD") <= 0:
            raise ValueError("must be more than 0")
        return value


class Creem(OptionGroup):
    """Creem."""

    area = "creem"
    title = "Creem"
    guarded = True

    enabled: bool = Field(False, description="Whether people may pay by Creem.")
    api_key: Secret = Field("", max_length=300, description="API key.")
    webhook_secret: Secret = Field("", max_length=300, description="Secret of the webhook /api/payments/creem/notify.")
    products: list[Product] = Field(default_factory=list, max_length=50, description="Products that are offered.")
    api_url: str = Field(
        "https://api.creem.io", max_length=300, pattern=r"^https?://[^\s/?#@]+$",
        description="Address of the API; https://test-api.creem.io to try it.",
    )  # fmt: skip
