"""Mails: their templates, and the way to a real server."""
