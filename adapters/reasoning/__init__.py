"""How much a model thinks: efforts and budgets in every vendor's form, and the suffixes of names that ask for them.

Facts are rows of tables (claude.py, gemini.py, openai.py, suffixes.py), each with its page and date. The tables of
docs/reasoning.md are generated from them.
"""
