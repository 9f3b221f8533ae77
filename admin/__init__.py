"""The admin API, the console and the `gateway` command; owns what an operator can see and change.

It must not touch the data path, open a connection to a provider, or import `deployments`.
"""
