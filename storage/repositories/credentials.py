"""What people prove themselves with: queries and changes. It compares no password; only digests are looked up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Credential, Passkey, RecoveryCode, User


async def find_login(session: AsyncSession, login: str) -> tuple[User, Credential | None] | None:
    """The user who signs in by this name or e-mail address, with what is stored; a name comes first."""
    statement = select(User, Credential).outerjoin(Credential, Credential.user_id == User.id)
    found = (await session.execute(statement.where(User.name == login))).one_or_none()
    if found is None and "@" in login:
        found = (await session.execute(statement.where(User.email == login.lower()))).one_or_none()
    return None if found is None else (found[0], found[1])


async def find_email(session: AsyncSession, email: str) -> User | None:
    """The user of that address."""
    return (await session.scalars(select(User).where(User.email == email.lower()))).one_or_none()


async def get(session: AsyncSession, user_id: int) -> Credential | None:
    """What is stored of a user."""
    return await session.get(Credential, user_id)


async def ensure(session: AsyncSession, user_id: int) -> Credential:
    """What is stored of a user, locked; an empty row is made where there is none."""
    statement = select(Credential).where(Credential.user_id == user_id).with_for_update()
    row = (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()
    if row is None:
        row = Credential(user_id=user_id)
        session.add(row)
        await session.flush()
    return row


async def use_step(session: AsyncSession, user_id: int, step: int) -> bool:
    """Note that an authenticator's code of that time step was used; False when it, or a later one, was before."""
    statement = (
        update(Credential)
        .where(Credential.user_id == user_id, Credential.totp_step < step)
        .values(totp_step=step)
        .execution_options(synchronize_session=False)
    )
    return await _count(session, statement) > 0


async def replace_recovery_codes(session: AsyncSession, user_id: int, digests: Collection[bytes]) -> None:
    """Store these codes in place of all others of the user."""
    await session.execute(
        delete(RecoveryCode).where(RecoveryCode.user_id == user_id).execution_options(synchronize_session=False)
    )
    session.add_all([RecoveryCode(user_id=user_id, digest=digest) for digest in digests])
    await session.flush()


async def use_recovery_code(session: AsyncSession, user_id: int, digest: bytes, *, now: int) -> bool:
    """Use a recovery code up; False when there is no such code left."""
    statement = (
        update(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.digest == digest, RecoveryCode.used_at == 0)
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    return await _count(session, statement) > 0


async def recovery_codes_left(session: AsyncSession, user_id: int) -> int:
    """How many recovery codes the user still has."""
    statement = select(func.count()).select_from(RecoveryCode)
    return await session.scalar(statement.where(RecoveryCode.user_id == user_id, RecoveryCode.used_at == 0)) or 0


async def passkeys_of(session: AsyncSession, user_id: int) -> Sequence[Passkey]:
    """The passkeys of a user, oldest first."""
    return (await session.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id))).all()


async def count_passkeys(session: AsyncSession, user_id: int) -> int:
    """How many passkeys a user has."""
    return await session.scalar(select(func.count()).select_from(Passkey).where(Passkey.user_id == user_id)) or 0


async def find_passkey(session: AsyncSession, digest: bytes) -> tuple[Passkey, User, Credential | None] | None:
    """The passkey whose credential id has that SHA-256, and whose it is."""
    statement = (
        select(Passkey, User, Credential)
        .join(User, User.id == Passkey.user_id)
        .outerjoin(Credential, Credential.user_id == User.id)
        .where(Passkey.digest == digest)
    )
    found = (await session.execute(statement)).one_or_none()
    return None if found is None else (found[0], found[1], found[2])


async def own_passkey(session: AsyncSession, user_id: int, passkey_id: int) -> Passkey | None:
    """One passkey of a user."""
    statement = select(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == user_id)
    return (await session.scalars(statement)).one_or_none()


async def add_passkey(session: AsyncSession, row: Passkey) -> Passkey:
    """Store a passkey. Raises sqlalchemy.exc.IntegrityError when it is stored already."""
    session.add(row)
    await session.flush()
    return row


async def use_passkey(session: AsyncSession, row: Passkey, sign_count: int, *, backed_up: bool, now: int) -> bool:
    """Note a use; False when another use at the same time has counted further, as a copied key would."""
    statement = (
        update(Passkey)
        .where(Passkey.id == row.id, Passkey.sign_count == row.sign_count)
        .values(sign_count=sign_count, backed_up=backed_up, used_at=now)
        .execution_options(synchronize_session=False)
    )
    return await _count(session, statement) > 0


async def forget(session: AsyncSession, user_id: int, *, password: bool = True) -> None:
    """Remove a user's second factors, and the password unless told otherwise."""
    for table in (Passkey, RecoveryCode):
        statement = delete(table).where(table.user_id == user_id)
        await session.execute(statement.execution_options(synchronize_session=False))
    row = await ensure(session, user_id)
    row.totp, row.totp_at = None, 0
    if password:
        await session.delete(row)
    await session.flush()


async def anybody_of_role(session: AsyncSession, role: str) -> bool:
    """Whether there is a user of that platform role who could sign in."""
    statement = select(User.id).where(User.role == role, User.enabled.is_(True)).limit(1)
    return await session.scalar(statement) is not None


async def _count(session: AsyncSession, statement: Any) -> int:  # noqa: ANN401  # any UPDATE
    done: CursorResult[Any] = await session.execute(statement)  # type: ignore[assignment]  # it counts rows
    return done.rowcount
