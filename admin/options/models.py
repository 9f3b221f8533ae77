"""Who may see the list of models and prices."""

from typing import Annotated

from pydantic import Field

from admin.options.base import OptionGroup, PublicMark


class ModelOptions(OptionGroup):
    """Models."""

    area = "models"
    title = "Models"

    public_list: Annotated[bool, PublicMark()] = Field(
        False, description="Whether everybody may read the list of models and prices, without signing in."
    )
