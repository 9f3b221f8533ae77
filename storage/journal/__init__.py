"""The local journal of usage records: a replica appends, one drainer per node moves the records to the database.

Owns the files of one directory:

    <name>.<number>.journal           frames, appended by one writer, who holds a lock on the file while it lives
    <name>.<number>.journal.offset    up to where the frames are in the database, written after the commit
    <name>.<number>.journal.<at>.damaged   bytes that were no frame, moved here for inspection
    drain.lock                        held by the node's drainer

What it promises: once `append` has returned, the record survives the death of any process and an absence of the
database, and it is inserted at least once; the insert is idempotent by request id. Nothing waits for the disk: what was
appended in the last seconds may be lost with the machine's power.
"""

from storage.journal.drainer import JournalDrainer
from storage.journal.writer import JournalFull, JournalWriter

__all__ = ["JournalDrainer", "JournalFull", "JournalWriter"]
