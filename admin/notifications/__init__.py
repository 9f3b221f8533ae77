"""Telling people and programs what happened: the words, and the sending by each kind of target.

texts       an event in words
signing     the signature of webhooks
sending     one attempt to deliver one event to one target
secrets     sealing what targets need to be reached
"""
