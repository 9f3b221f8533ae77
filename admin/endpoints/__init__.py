"""The routes of the admin API, one noun per file: parse, call the repositories, commit, answer."""
