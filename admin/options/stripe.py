"""Stripe: card payments and much else, by its hosted Checkout."""

from typing import Literal

from pydantic import Field

from admin.options.base import OptionGroup, Secret


class Stripe(OptionGroup):
    """Stripe."""

    area = "stripe"
    title = "Stripe"
    guarded = True

    enabled: bool = Field(False, description="Whether people may pay by Stripe.")
    secret_key: Secret = Field("", max_length=300, description="Secret or restricted key (sk_..., rk_...).")
    webhook_secret: Secret = Field(
        "", max_length=300, description="Signing secret (whsec_...) of the endpoint /api/payments/stripe/notify."
    )
    currency: str = Field("USD", pattern=r"^[A-Z]{3}$", description="Currency that is charged; payments.rates has it.")
    locale: Literal["auto", "en", "zh", "zh-TW", "fr", "ru", "ja", "vi"] = Field(
        "auto", description="Language of Stripe's page."
    )
    api_url: str = Field(
        "https://api.stripe.com", max_length=300, pattern=r"^https?://[^\s/?#@]+$", description="Address of the API."
    )
