"""Words of names, for searching a million keys and many users: storage/repositories/words.py says what a word is."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base

# Compared by code points everywhere, so that all words with one beginning are one range of the index.
WORD = (
    String(64)
    .with_variant(String(64, collation="C"), "postgresql")
    .with_variant(String(64, collation="utf8mb4_bin"), "mysql", "mariadb")
)


class KeyWord(Base):
    """The end of a key's name from one of its words on, in small letters. Written with the key."""

    __tablename__ = "key_words"
    __table_args__ = (Index("ix_key_words_word", "word", "of_id"),)

    of_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    word: Mapped[str] = mapped_column(WORD, primary_key=True)


class UserWord(Base):
    """The same of a user's name, e-mail address and displayed name."""

    __tablename__ = "user_words"
    __table_args__ = (Index("ix_user_words_word", "word", "of_id"),)

    of_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    word: Mapped[str] = mapped_column(WORD, primary_key=True)
