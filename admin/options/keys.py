"""What people may do with their own keys."""

from pydantic import Field

from admin.options.base import OptionGroup


class KeyOptions(OptionGroup):
    """Keys."""

    area = "keys"
    title = "Keys"

    most_per_user: int = Field(1000, ge=0, le=1_000_000, description="Keys that a user may make; operators make more.")
    own_values: bool = Field(False, description="Whether users choose the values of their keys themselves.")
