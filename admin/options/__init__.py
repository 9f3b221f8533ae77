"""Options: settings that operators change while the gateway runs, one file per area."""
