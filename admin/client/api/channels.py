"""Channels: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.channels import (
        ApplyModels,
        BalanceOut,
        ChannelBulk,
        ChannelCopy,
        ChannelCreate,
        ChannelExport,
        ChannelFile,
        ChannelImport,
        ChannelImported,
        ChannelJob,
        ChannelKeyList,
        ChannelKeyOut,
        ChannelKeyPatch,
        ChannelKeysAdd,
        ChannelKeysChange,
        ChannelOut,
        ChannelPatch,
        ChannelRetried,
        ChannelTest,
        ChannelTestResult,
        ListedChannelOut,
        PreviewIn,
        PreviewOut,
        TagList,
        UpstreamModels,
    )
    from admin.client.shapes.common import BulkDone, JobOut
    from admin.client.transport import Transport


class ChannelsApi:
    """The operations of channels."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_channel_tags(self) -> TagList:
        """All tags."""
        return cast("TagList", self._transport.call("GET", "/api/v1/channel-tags"))

    def change_channels(self, body: ChannelBulk) -> BulkDone:
        """Switch on or off, change, remove or try again many channels; each by itself ..."""
        return cast("BulkDone", self._transport.call("POST", "/api/v1/channels/bulk", body))

    def retry_channel(self, channel: str) -> ChannelRetried:
        """Forget the channel's failures in every replica, so that its requests are tried ..."""
        return cast(
            "ChannelRetried", self._transport.call("POST", f"/api/v1/channels/{segment(channel, 'channel')}/retry")
        )

    def work_on_channels(self, body: ChannelJob) -> JobOut:
        """Test many channels, ask for their balances or compare their models, in the ..."""
        return cast("JobOut", self._transport.call("POST", "/api/v1/channels/jobs", body))

    def copy_channel(self, channel: str, body: ChannelCopy) -> ChannelOut:
        """Make a channel like this one, switched off."""
        return cast(
            "ChannelOut", self._transport.call("POST", f"/api/v1/channels/{segment(channel, 'channel')}/copy", body)
        )

    def export_channels(self, body: ChannelExport) -> ChannelFile:
        """The channels as `gateway apply` reads them."""
        return cast("ChannelFile", self._transport.call("POST", "/api/v1/channels/export", body))

    def import_channels(self, body: ChannelImport) -> ChannelImported:
        """Make and change the channels that a file names, all or nothing; others stay as ..."""
        return cast("ChannelImported", self._transport.call("POST", "/api/v1/channels/import", body))

    def list_channel_keys(self, channel: str) -> ChannelKeyList:
        """The channel's keys, with what switched off those that are off."""
        return cast(
            "ChannelKeyList", self._transport.call("GET", f"/api/v1/channels/{segment(channel, 'channel')}/keys")
        )

    def add_channel_keys(self, channel: str, body: ChannelKeysAdd) -> ChannelKeyList:
        """Add keys."""
        return cast(
            "ChannelKeyList", self._transport.call("POST", f"/api/v1/channels/{segment(channel, 'channel')}/keys", body)
        )

    def change_channel_key(
        self, channel: str, key: int, body: ChannelKeyPatch, *, if_match: str | None = None
    ) -> ChannelKeyOut:
        """Switch one key on or off."""
        return cast(
            "ChannelKeyOut",
            self._transport.call(
                "PATCH",
                f"/api/v1/channels/{segment(channel, 'channel')}/keys/{segment(key, 'key')}",
                body,
                headers={"if-match": if_match},
            ),
        )

    def delete_channel_key(self, channel: str, key: int, *, if_match: str | None = None) -> None:
        """Remove one key."""
        self._transport.call(
            "DELETE",
            f"/api/v1/channels/{segment(channel, 'channel')}/keys/{segment(key, 'key')}",
            headers={"if-match": if_match},
        )

    def change_channel_keys(self, channel: str, body: ChannelKeysChange) -> ChannelKeyList:
        """Switch all keys on or off, or remove all, or those that failures switched off."""
        return cast(
            "ChannelKeyList",
            self._transport.call("POST", f"/api/v1/channels/{segment(channel, 'channel')}/keys/change", body),
        )

    def channel_balance(self, channel: str) -> BalanceOut:
        """Ask the provider what is left on the account. 409: it does not tell."""
        return cast(
            "BalanceOut", self._transport.call("POST", f"/api/v1/channels/{segment(channel, 'channel')}/balance")
        )

    def compare_channel_models(self, channel: str) -> UpstreamModels:
        """Ask the provider for its models and compare them with the channel's. 409: it ..."""
        return cast(
            "UpstreamModels",
            self._transport.call("POST", f"/api/v1/channels/{segment(channel, 'channel')}/models/compare"),
        )

    def apply_channel_models(self, channel: str, body: ApplyModels) -> ChannelOut:
        """Add models under their own names, and remove some."""
        return cast(
            "ChannelOut",
            self._transport.call("POST", f"/api/v1/channels/{segment(channel, 'channel')}/models/apply", body),
        )

    def list_channels_file(
        self,
        file: Path,
        *,
        q: str | None = None,
        tag: str | None = None,
        provider: str | None = None,
        group: str | None = None,
        model: str | None = None,
        enabled: bool | None = None,
        off_by: Literal["auto"] | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Channels, highest priority first, or by `sort`; `q` is part of name, provider: into a file."""
        return self._transport.download(
            "/api/v1/channels",
            file,
            query={
                "q": q,
                "tag": tag,
                "provider": provider,
                "group": group,
                "model": model,
                "enabled": enabled,
                "off_by": off_by,
                "format": format,
                "limit": limit,
                "cursor": cursor,
                "sort": sort,
            },
        )

    def list_channels(
        self,
        *,
        q: str | None = None,
        tag: str | None = None,
        provider: str | None = None,
        group: str | None = None,
        model: str | None = None,
        enabled: bool | None = None,
        off_by: Literal["auto"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> ListedChannelOut:
        """Channels, highest priority first, or by `sort`; `q` is part of name, provider ..."""
        return cast(
            "ListedChannelOut",
            self._transport.call(
                "GET",
                "/api/v1/channels",
                query={
                    "q": q,
                    "tag": tag,
                    "provider": provider,
                    "group": group,
                    "model": model,
                    "enabled": enabled,
                    "off_by": off_by,
                    "limit": limit,
                    "cursor": cursor,
                    "sort": sort,
                },
            ),
        )

    def every_channels(
        self,
        *,
        q: str | None = None,
        tag: str | None = None,
        provider: str | None = None,
        group: str | None = None,
        model: str | None = None,
        enabled: bool | None = None,
        off_by: Literal["auto"] | None = None,
        sort: str | None = None,
    ) -> Iterator[ChannelOut]:
        """Channels, highest priority first, or by `sort`; `q` is part of name, provider: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_channels(
                q=q,
                tag=tag,
                provider=provider,
                group=group,
                model=model,
                enabled=enabled,
                off_by=off_by,
                sort=sort,
                limit=1000,
                cursor=cursor,
            )
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def create_channel(self, body: ChannelCreate) -> ChannelOut:
        """Add a channel."""
        return cast("ChannelOut", self._transport.call("POST", "/api/v1/channels", body))

    def get_channel(self, channel: str) -> ChannelOut:
        """One channel."""
        return cast("ChannelOut", self._transport.call("GET", f"/api/v1/channels/{segment(channel, 'channel')}"))

    def change_channel(self, channel: str, body: ChannelPatch, *, if_match: str | None = None) -> ChannelOut:
        """Change what the body names and leave the rest."""
        return cast(
            "ChannelOut",
            self._transport.call(
                "PATCH", f"/api/v1/channels/{segment(channel, 'channel')}", body, headers={"if-match": if_match}
            ),
        )

    def delete_channel(self, channel: str, *, if_match: str | None = None) -> None:
        """Remove a channel."""
        self._transport.call(
            "DELETE", f"/api/v1/channels/{segment(channel, 'channel')}", headers={"if-match": if_match}
        )

    def test_channel(self, channel: str, body: ChannelTest | None = None) -> ChannelTestResult:
        """Send one short request through the channel."""
        return cast(
            "ChannelTestResult",
            self._transport.call("POST", f"/api/v1/channels/{segment(channel, 'channel')}/test", body),
        )

    def preview_channel(self, channel: str, body: PreviewIn) -> PreviewOut:
        """A dry run of the channel's rules, or of others, on a request."""
        return cast(
            "PreviewOut", self._transport.call("POST", f"/api/v1/channels/{segment(channel, 'channel')}/preview", body)
        )
