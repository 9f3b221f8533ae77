"""Anthropic's Messages wire format: https://docs.claude.com/en/api/messages (2026-11), and counting of tokens."""
