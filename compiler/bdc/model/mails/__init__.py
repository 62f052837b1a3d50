"""Mails: what they say, read from the files that they name, and checked against the parameters that they declare."""
