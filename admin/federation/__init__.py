"""Signing in with an account elsewhere: OpenID Connect, OAuth 2.0, and those who have ways of their own."""
