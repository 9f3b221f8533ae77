"""Credit that is given: to new users, for invitations, for checking in."""

from typing import Annotated

from pydantic import Field

from admin.options.base import OptionGroup, PublicMark

MAX_NANO = 1_000_000_000_000


class Bonuses(OptionGroup):
    """Bonuses. Amounts are nano-USD (1 USD = 1,000,000,000)."""

    area = "bonuses"
    title = "Bonuses"
    guarded = True

    prepaid: bool = Field(
        True, description="Whether users who register by themselves spend only what they have: quota is on for them."
    )
    welcome: int = Field(0, ge=0, le=MAX_NANO, description="What a new user begins with, in nano-USD.")
    invitee: int = Field(0, ge=0, le=MAX_NANO, description="What a user gets for having been invited, in nano-USD.")
    inviter: int = Field(0, ge=0, le=MAX_NANO, description="What the inviter gets for that, in nano-USD.")
    share: int = Field(
        0, ge=0, le=1_000_000, description="Part of an invited user's top-ups that the inviter gets, in millionths."
    )
    check_in: Annotated[bool, PublicMark()] = Field(False, description="Whether people may check in once a day (UTC).")
    check_in_least: int = Field(2_000_000, ge=0, le=MAX_NANO, description="The least a check-in gives, in nano-USD.")
    check_in_most: int = Field(20_000_000, ge=0, le=MAX_NANO, description="The most it gives, in nano-USD.")
