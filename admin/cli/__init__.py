"""The command `gateway`: a client of the admin API. It must not reach into the database, except for `admin-token`."""
