"""Headers of our own on an answer: limits, what a conversion lost, and for administrators what was tried."""

from deployments.exchange import Exchange
from deployments.replica import Replica


def more(replica: Replica, exchange: Exchange, *, answered: bool) -> bytes:
    """Header lines; `answered`: by the channel that is named last."""
    lines = exchange.admission.headers() if answered and exchange.admission is not None else b""
    if exchange.losses:
        lines += b"x-gateway-losses: %b\r\n" % exchange.losses.encode("ascii", "replace")
    return lines + _tried(replica, exchange, answered=answered) if exchange.key.admin and exchange.attempts else lines


def _tried(replica: Replica, exchange: Exchange, *, answered: bool) -> bytes:
    """What was tried, and how the last channel was asked; for keys of administrators only."""
    steps = [f"{replica.channel_name(channel)}:{outcome}:{ms}ms" for channel, outcome, ms in exchange.attempt_log]
    if answered:
        steps.append(f"{replica.channel_name(exchange.channel_id)}:ok")
    lines = b"x-gateway-attempts: " + ", ".join(steps).encode("ascii", "replace") + b"\r\n"
    return lines + b"x-gateway-plan: %b\r\n" % exchange.plan.encode("ascii", "replace")
