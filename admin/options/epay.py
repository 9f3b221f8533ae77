"""EPay: the interface that many payment services of Alipay, WeChat Pay and others share."""

from typing import Annotated

from pydantic import Field

from admin.options.base import OptionGroup, Secret

Method = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,20}$")]


class Epay(OptionGroup):
    """EPay."""

    area = "epay"
    title = "EPay"
    guarded = True

    enabled: bool = Field(False, description="Whether people may pay by EPay.")
    url: str = Field(
        "", max_length=300, pattern=r"^$|^https?://[^\s?#@]+$",
        description="Address of the service, without submit.php.", examples=["https://pay.example.com"],
    )  # fmt: skip
    pid: str = Field("", max_length=40, pattern=r"^[A-Za-z0-9_-]*$", description="Merchant id.")
    key: Secret = Field("", max_length=200, description="Merchant key.")
    methods: list[Method] = Field(
        default_factory=lambda: ["alipay", "wxpay"],
        min_length=1,
        max_length=10,
        description="Ways to pay that are offered.",
    )
    currency: str = Field("CNY", pattern=r"^[A-Z]{3}$", description="Currency that is charged; payments.rates has it.")
