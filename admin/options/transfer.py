"""Transfers: customers pay to a bank account, and finance completes the order when the money is there."""

from pydantic import Field, field_validator

from admin.options.base import OptionGroup
from admin.options.checks import one_line


class Transfer(OptionGroup):
    """Bank transfer."""

    area = "transfer"
    title = "Bank transfer"
    guarded = True

    enabled: bool = Field(False, description="Whether people may pay by transfer.")
    currency: str = Field("EUR", pattern=r"^[A-Z]{3}$", description="Currency; payments.rates has it.")
    instructions: str = Field(
        "", max_length=1000, description="The account to pay to. The order's number is what the payer has to state."
    )

    _line = field_validator("instructions")(one_line)
