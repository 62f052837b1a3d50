"""Requests, answers and routing over plain ASGI: no framework objects on the way of an ordinary request."""
