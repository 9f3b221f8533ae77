"""The tables, one file per noun. No queries here: those are in storage/repositories."""

from storage.models.account import Account
from storage.models.admin_token import AdminToken
from storage.models.announcement import Announcement
from storage.models.audit import AuditEntry
from storage.models.automation_token import AutomationToken
from storage.models.base import Base
from storage.models.budget import Budget
from storage.models.capture import Capture, CaptureRule
from storage.models.channel import Channel, ChannelKey, ChannelState
from storage.models.correction import Correction
from storage.models.credential import Credential, Passkey, RecoveryCode
from storage.models.entry import Entry
from storage.models.event import AlertSetting, Delivery, Event, Target
from storage.models.failed_request import FailedRequest
from storage.models.group import Group, GroupOverride
from storage.models.idempotent_answer import IdempotentAnswer
from storage.models.idempotent_call import IdempotentCall
from storage.models.identity_provider import IdentityLink, IdentityProvider
from storage.models.imported_item import ImportedItem
from storage.models.invitation import Affiliate, Invitation
from storage.models.job import Job, Schedule
from storage.models.kept_response import KeptResponse
from storage.models.key import Key, KeyChange
from storage.models.key_total import KeyTotal
from storage.models.lease import Lease
from storage.models.limit import Limit
from storage.models.model import Model, Vendor
from storage.models.option import Option
from storage.models.order import Order, PaymentEvent, Receipt, ReceiptSeries, Refund
from storage.models.organisation import Organisation
from storage.models.permission_set import PermissionSet
from storage.models.plan import Plan
from storage.models.price import Price
from storage.models.redemption_code import RedemptionCode
from storage.models.revision import Revision
from storage.models.rollup import Day, DayByKey, DayByModel, HourByKey, HourByModel
from storage.models.rollup_times import DayTimes, HourTimesByKey, HourTimesByModel
from storage.models.safety_rule import SafetyRule
from storage.models.saved_view import SavedView
from storage.models.session import Attempt, Code, Session
from storage.models.settlement import Settlement
from storage.models.subscription import Subscription, SubscriptionTerm
from storage.models.task import Task
from storage.models.team import Team, TeamMember
from storage.models.usage import Usage
from storage.models.user import User
from storage.models.word import KeyWord, UserWord

__all__ = [
    "Account",
    "AdminToken",
    "Affiliate",
    "AlertSetting",
    "Announcement",
    "Attempt",
    "AuditEntry",
    "AutomationToken",
    "Base",
    "Budget",
    "Capture",
    "CaptureRule",
    "Channel",
    "ChannelKey",
    "ChannelState",
    "Code",
    "Correction",
    "Credential",
    "Day",
    "DayByKey",
    "DayByModel",
    "DayTimes",
    "Delivery",
    "Entry",
    "Event",
    "FailedRequest",
    "Group",
    "GroupOverride",
    "HourByKey",
    "HourByModel",
    "HourTimesByKey",
    "HourTimesByModel",
    "IdempotentAnswer",
    "IdempotentCall",
    "IdentityLink",
    "IdentityProvider",
    "ImportedItem",
    "Invitation",
    "Job",
    "KeptResponse",
    "Key",
    "KeyChange",
    "KeyTotal",
    "KeyWord",
    "Lease",
    "Limit",
    "Model",
    "Option",
    "Order",
    "Organisation",
    "Passkey",
    "PaymentEvent",
    "PermissionSet",
    "Plan",
    "Price",
    "Receipt",
    "ReceiptSeries",
    "RecoveryCode",
    "RedemptionCode",
    "Refund",
    "Revision",
    "SafetyRule",
    "SavedView",
    "Schedule",
    "Session",
    "Settlement",
    "Subscription",
    "SubscriptionTerm",
    "Target",
    "Task",
    "Team",
    "TeamMember",
    "Usage",
    "User",
    "UserWord",
    "Vendor",
]
