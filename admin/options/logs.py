"""Captured bodies: who may switch it on, and the most that is kept."""

from pydantic import Field

from admin.options.base import OptionGroup


class Logs(OptionGroup):
    """Request logs."""

    area = "logs"
    title = "Request logs"

    capture: bool = Field(
        True, description="Whether bodies can be captured at all; rules that exist go on until removed."
    )
    capture_by_organisations: bool = Field(
        False, description="Whether an organisation's administrators may capture their own organisation's requests."
    )
    capture_days: int = Field(
        30, ge=1, le=3650, description="The longest that a captured request can be kept, in days."
    )
    capture_bytes: int = Field(
        1024 * 1024, ge=1024, le=4 * 1024 * 1024, description="The most that can be kept of one body, in bytes."
    )
