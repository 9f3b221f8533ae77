"""The benchmark suite: mock upstream, load generator, scenarios, peers, reports. Nothing that runs imports it."""
