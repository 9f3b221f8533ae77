"""Other gateways' databases: reading them, and what their rows mean in ours. Pure but for the reader.

The facts about New API (tables, columns, meaning of values) are those of its public source, v0.6 to v1.0, 2026-11.
"""
