"""Statements that a specification carries as SQL, while they change: pairs of scripts, held to the laws of a plan on a real server."""
