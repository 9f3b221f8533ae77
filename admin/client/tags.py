"""The tags of the API, imported when first used. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, cast

from admin.client.transport import Transport

if TYPE_CHECKING:
    from admin.client.api.accounts import AccountsApi
    from admin.client.api.announcements import AnnouncementsApi
    from admin.client.api.apply import ApplyApi
    from admin.client.api.as_new_api import AsNewApiApi
    from admin.client.api.audit import AuditApi
    from admin.client.api.budgets import BudgetsApi
    from admin.client.api.captures import CapturesApi
    from admin.client.api.channels import ChannelsApi
    from admin.client.api.credentials import CredentialsApi
    from admin.client.api.dashboard import DashboardApi
    from admin.client.api.groups import GroupsApi
    from admin.client.api.imports import ImportsApi
    from admin.client.api.invitations import InvitationsApi
    from admin.client.api.jobs import JobsApi
    from admin.client.api.keys import KeysApi
    from admin.client.api.limits import LimitsApi
    from admin.client.api.login import LoginApi
    from admin.client.api.me import MeApi
    from admin.client.api.models import ModelsApi
    from admin.client.api.notifications import NotificationsApi
    from admin.client.api.organisations import OrganisationsApi
    from admin.client.api.own_usage import OwnUsageApi
    from admin.client.api.passkeys import PasskeysApi
    from admin.client.api.payments import PaymentsApi
    from admin.client.api.playground import PlaygroundApi
    from admin.client.api.prices import PricesApi
    from admin.client.api.providers import ProvidersApi
    from admin.client.api.registration import RegistrationApi
    from admin.client.api.roles import RolesApi
    from admin.client.api.route import RouteApi
    from admin.client.api.safety import SafetyApi
    from admin.client.api.scim import ScimApi
    from admin.client.api.search import SearchApi
    from admin.client.api.second_factors import SecondFactorsApi
    from admin.client.api.sessions import SessionsApi
    from admin.client.api.settings import SettingsApi
    from admin.client.api.setup import SetupApi
    from admin.client.api.sso import SsoApi
    from admin.client.api.status import StatusApi
    from admin.client.api.subscriptions import SubscriptionsApi
    from admin.client.api.tasks import TasksApi
    from admin.client.api.teams import TeamsApi
    from admin.client.api.tokens import TokensApi
    from admin.client.api.usage import UsageApi
    from admin.client.api.users import UsersApi
    from admin.client.api.views import ViewsApi
    from admin.client.api.webhooks import WebhooksApi


class Tags(Transport):
    """A transport with the operations of each tag."""

    def _api(self, tag: str, name: str) -> object:
        found: object = getattr(import_module(f"admin.client.api.{tag}"), name)(self)
        return found

    @cached_property
    def accounts(self) -> AccountsApi:
        """The operations of accounts."""
        return cast("AccountsApi", self._api("accounts", "AccountsApi"))

    @cached_property
    def announcements(self) -> AnnouncementsApi:
        """The operations of announcements."""
        return cast("AnnouncementsApi", self._api("announcements", "AnnouncementsApi"))

    @cached_property
    def apply(self) -> ApplyApi:
        """The operations of apply."""
        return cast("ApplyApi", self._api("apply", "ApplyApi"))

    @cached_property
    def as_new_api(self) -> AsNewApiApi:
        """The operations of as new api."""
        return cast("AsNewApiApi", self._api("as_new_api", "AsNewApiApi"))

    @cached_property
    def audit(self) -> AuditApi:
        """The operations of audit."""
        return cast("AuditApi", self._api("audit", "AuditApi"))

    @cached_property
    def budgets(self) -> BudgetsApi:
        """The operations of budgets."""
        return cast("BudgetsApi", self._api("budgets", "BudgetsApi"))

    @cached_property
    def captures(self) -> CapturesApi:
        """The operations of captures."""
        return cast("CapturesApi", self._api("captures", "CapturesApi"))

    @cached_property
    def channels(self) -> ChannelsApi:
        """The operations of channels."""
        return cast("ChannelsApi", self._api("channels", "ChannelsApi"))

    @cached_property
    def credentials(self) -> CredentialsApi:
        """The operations of credentials."""
        return cast("CredentialsApi", self._api("credentials", "CredentialsApi"))

    @cached_property
    def dashboard(self) -> DashboardApi:
        """The operations of dashboard."""
        return cast("DashboardApi", self._api("dashboard", "DashboardApi"))

    @cached_property
    def groups(self) -> GroupsApi:
        """The operations of groups."""
        return cast("GroupsApi", self._api("groups", "GroupsApi"))

    @cached_property
    def imports(self) -> ImportsApi:
        """The operations of imports."""
        return cast("ImportsApi", self._api("imports", "ImportsApi"))

    @cached_property
    def invitations(self) -> InvitationsApi:
        """The operations of invitations."""
        return cast("InvitationsApi", self._api("invitations", "InvitationsApi"))

    @cached_property
    def jobs(self) -> JobsApi:
        """The operations of jobs."""
        return cast("JobsApi", self._api("jobs", "JobsApi"))

    @cached_property
    def keys(self) -> KeysApi:
        """The operations of keys."""
        return cast("KeysApi", self._api("keys", "KeysApi"))

    @cached_property
    def limits(self) -> LimitsApi:
        """The operations of limits."""
        return cast("LimitsApi", self._api("limits", "LimitsApi"))

    @cached_property
    def login(self) -> LoginApi:
        """The operations of login."""
        return cast("LoginApi", self._api("login", "LoginApi"))

    @cached_property
    def me(self) -> MeApi:
        """The operations of me."""
        return cast("MeApi", self._api("me", "MeApi"))

    @cached_property
    def models(self) -> ModelsApi:
        """The operations of models."""
        return cast("ModelsApi", self._api("models", "ModelsApi"))

    @cached_property
    def notifications(self) -> NotificationsApi:
        """The operations of notifications."""
        return cast("NotificationsApi", self._api("notifications", "NotificationsApi"))

    @cached_property
    def organisations(self) -> OrganisationsApi:
        """The operations of organisations."""
        return cast("OrganisationsApi", self._api("organisations", "OrganisationsApi"))

    @cached_property
    def own_usage(self) -> OwnUsageApi:
        """The operations of own usage."""
        return cast("OwnUsageApi", self._api("own_usage", "OwnUsageApi"))

    @cached_property
    def passkeys(self) -> PasskeysApi:
        """The operations of passkeys."""
        return cast("PasskeysApi", self._api("passkeys", "PasskeysApi"))

    @cached_property
    def payments(self) -> PaymentsApi:
        """The operations of payments."""
        return cast("PaymentsApi", self._api("payments", "PaymentsApi"))

    @cached_property
    def playground(self) -> PlaygroundApi:
        """The operations of playground."""
        return cast("PlaygroundApi", self._api("playground", "PlaygroundApi"))

    @cached_property
    def prices(self) -> PricesApi:
        """The operations of prices."""
        return cast("PricesApi", self._api("prices", "PricesApi"))

    @cached_property
    def providers(self) -> ProvidersApi:
        """The operations of providers."""
        return cast("ProvidersApi", self._api("providers", "ProvidersApi"))

    @cached_property
    def registration(self) -> RegistrationApi:
        """The operations of registration."""
        return cast("RegistrationApi", self._api("registration", "RegistrationApi"))

    @cached_property
    def roles(self) -> RolesApi:
        """The operations of roles."""
        return cast("RolesApi", self._api("roles", "RolesApi"))

    @cached_property
    def route(self) -> RouteApi:
        """The operations of route."""
        return cast("RouteApi", self._api("route", "RouteApi"))

    @cached_property
    def safety(self) -> SafetyApi:
        """The operations of safety."""
        return cast("SafetyApi", self._api("safety", "SafetyApi"))

    @cached_property
    def scim(self) -> ScimApi:
        """The operations of scim."""
        return cast("ScimApi", self._api("scim", "ScimApi"))

    @cached_property
    def search(self) -> SearchApi:
        """The operations of search."""
        return cast("SearchApi", self._api("search", "SearchApi"))

    @cached_property
    def second_factors(self) -> SecondFactorsApi:
        """The operations of second factors."""
        return cast("SecondFactorsApi", self._api("second_factors", "SecondFactorsApi"))

    @cached_property
    def sessions(self) -> SessionsApi:
        """The operations of sessions."""
        return cast("SessionsApi", self._api("sessions", "SessionsApi"))

    @cached_property
    def settings(self) -> SettingsApi:
        """The operations of settings."""
        return cast("SettingsApi", self._api("settings", "SettingsApi"))

    @cached_property
    def setup(self) -> SetupApi:
        """The operations of setup."""
        return cast("SetupApi", self._api("setup", "SetupApi"))

    @cached_property
    def sso(self) -> SsoApi:
        """The operations of sso."""
        return cast("SsoApi", self._api("sso", "SsoApi"))

    @cached_property
    def status(self) -> StatusApi:
        """The operations of status."""
        return cast("StatusApi", self._api("status", "StatusApi"))

    @cached_property
    def subscriptions(self) -> SubscriptionsApi:
        """The operations of subscriptions."""
        return cast("SubscriptionsApi", self._api("subscriptions", "SubscriptionsApi"))

    @cached_property
    def tasks(self) -> TasksApi:
        """The operations of tasks."""
        return cast("TasksApi", self._api("tasks", "TasksApi"))

    @cached_property
    def teams(self) -> TeamsApi:
        """The operations of teams."""
        return cast("TeamsApi", self._api("teams", "TeamsApi"))

    @cached_property
    def tokens(self) -> TokensApi:
        """The operations of tokens."""
        return cast("TokensApi", self._api("tokens", "TokensApi"))

    @cached_property
    def usage(self) -> UsageApi:
        """The operations of usage."""
        return cast("UsageApi", self._api("usage", "UsageApi"))

    @cached_property
    def users(self) -> UsersApi:
        """The operations of users."""
        return cast("UsersApi", self._api("users", "UsersApi"))

    @cached_property
    def views(self) -> ViewsApi:
        """The operations of views."""
        return cast("ViewsApi", self._api("views", "ViewsApi"))

    @cached_property
    def webhooks(self) -> WebhooksApi:
        """The operations of webhooks."""
        return cast("WebhooksApi", self._api("webhooks", "WebhooksApi"))
