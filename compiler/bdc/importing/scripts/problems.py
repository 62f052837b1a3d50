"""What stops a folder from being read."""


class NoSource(Exception):
    """There is nothing to read under that name; the message says so."""
