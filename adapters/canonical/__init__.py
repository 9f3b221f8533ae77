"""The neutral form of requests, answers and streams, between any two wire formats.

No wire format is described here.
"""
