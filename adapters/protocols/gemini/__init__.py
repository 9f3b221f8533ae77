"""Google's Gemini wire format, of the Gemini API and of Vertex AI: https://ai.google.dev/api (2026-11).

Names are read in camelCase and snake_case, as Google's own JSON reader does, and written in camelCase.
"""
