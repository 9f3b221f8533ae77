"""Whether a login comes from where a user signs in usually, and telling the user when it does not.

Usual is what the log of changes has of the last months: a device by its name, and a network by its address (/16, of
IPv6 /32). Both are what a thief may imitate or share: this is a notice, and decides nothing.
"""

import ipaddress
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from admin.identity.devices import device_of
from storage.events.outbox import emit
from storage.models import User
from storage.repositories import audit

LATELY_S = 90 * 86400


def network_of(ip: str) -> str:
    """The wider network of an address; what is no address is itself."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    return str(ipaddress.ip_network(f"{address}/{16 if address.version == 4 else 32}", strict=False))


async def tell(session: AsyncSession, user: User, ip: str, agent: str, *, now: int) -> None:
    """Write the event `login.new` unless device and network are familiar, or it is the first login of all.

    Call it before the login itself is written down.
    """
    known = await audit.logins(session, user.id, since=now - LATELY_S)
    if not known:
        return
    devices = {device_of(each.agent) or each.agent for each in known}
    networks = {network_of(each.ip) for each in known}
    device = device_of(agent) or agent
    if device in devices and network_of(ip) in networks:
        return
    at = datetime.fromtimestamp(now, tz=UTC).strftime("%Y-%m-%d %H:%M UTC")
    data = {"name": user.name, "device": device or "?", "ip": ip or "?", "at": at}
    await emit(session, "login.new", data, user_id=user.id, now=now)
