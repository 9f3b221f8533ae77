"""Serve autoscaling of the data plane.

Its requests do not pass through Serve, so replicas report their own open-request count.

`record_autoscaling_stats` of a deployment returns {OPEN_REQUESTS: n}; this policy runs in Serve's controller.
"""

import math
from typing import Any

from ray.serve.config import AutoscalingConfig, AutoscalingContext, AutoscalingPolicy

from deployments.settings import Scale

OPEN_REQUESTS = "gateway_open_requests"


def open_requests_policy(context: AutoscalingContext) -> tuple[int, dict[str, Any]]:
    """As many replicas as the open requests of all of them need; Serve applies the bounds and the delays."""
    reported = (context.aggregated_metrics or {}).get(OPEN_REQUESTS, {})
    total = sum(reported.values())
    target = context.config.target_ongoing_requests or 1.0
    return max(math.ceil(total / target), 1), {}


def options(scale: Scale) -> dict[str, Any]:
    """Serve deployment options for a Scale."""
    if scale.min_replicas == scale.max_replicas:
        return {"num_replicas": scale.min_replicas}
    return {
        "autoscaling_config": AutoscalingConfig(
            min_replicas=scale.min_replicas,
            max_replicas=scale.max_replicas,
            initial_replicas=scale.min_replicas,
            target_ongoing_requests=scale.target_open_requests,
            upscale_delay_s=scale.upscale_delay_s,
            downscale_delay_s=scale.downscale_delay_s,
            metrics_interval_s=2.0,
            look_back_period_s=6.0,
            policy=AutoscalingPolicy(policy_function="deployments.autoscaling:open_requests_policy"),
        )
    }
