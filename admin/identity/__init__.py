"""Who people are: passwords, sessions, second factors, and the guards around them. One idea per file."""
