"""The tables, one file per noun. No queries here: those are in storage/repositories."""

from storage.models.account import Account
from storage.models.admin_token import AdminToken
from storage.models.base import Base
from storage.models.budget import Budget
from storage.models.channel import Channel
from storage.models.correction import Correction
from storage.models.entry import Entry
from storage.models.group import Group, GroupOverride
from storage.models.idempotent_answer import IdempotentAnswer
from storage.models.key import Key, KeyChange
from storage.models.lease import Lease
from storage.models.limit import Limit
from storage.models.organisation import Organisation
from storage.models.price import Price
from storage.models.revision import Revision
from storage.models.rollup import Day, DayByKey, DayByModel, HourByKey, HourByModel
from storage.models.settlement import Settlement
from storage.models.usage import Usage
from storage.models.user import User

__all__ = [
    "Account",
    "AdminToken",
    "Base",
    "Budget",
    "Channel",
    "Correction",
    "Day",
    "DayByKey",
    "DayByModel",
    "Entry",
    "Group",
    "GroupOverride",
    "HourByKey",
    "HourByModel",
    "IdempotentAnswer",
    "Key",
    "KeyChange",
    "Lease",
    "Limit",
    "Organisation",
    "Price",
    "Revision",
    "Settlement",
    "Usage",
    "User",
]
