"""What is measured: one file per target, each installs, starts and stops itself. See base.py for the shape."""
