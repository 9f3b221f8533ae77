"""OpenAI's Responses wire format: https://platform.openai.com/docs/api-reference/responses (2026-11).

Answers and compaction are here. Stored responses are not: who keeps them is the business of deployments.
"""
