"""The tables, one file per noun. No queries here: those are in storage/repositories."""

from storage.models.admin_token import AdminToken
from storage.models.base import Base
from storage.models.channel import Channel
from storage.models.key import Key, KeyChange
from storage.models.price import Price
from storage.models.revision import Revision
from storage.models.usage import Usage

__all__ = ["AdminToken", "Base", "Channel", "Key", "KeyChange", "Price", "Revision", "Usage"]
