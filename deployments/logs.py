"""Logging of the deployments: one logger, "gateway", to the replica's stderr, which Ray collects.

Nothing on the data path logs a request that went well.
"""

import logging


def configure(level: str) -> logging.Logger:
    """The logger at the given level; configured once per process."""
    logger = logging.getLogger("gateway")
    logger.setLevel(level.upper())
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger.addHandler(handler)
        logger.propagate = False
    return logger
