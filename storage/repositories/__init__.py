"""All queries, one file per noun.

Plain asynchronous functions that take the session first. They never commit: the caller's transaction decides, and a
change is announced (revisions, key changes) in that same transaction.
"""
