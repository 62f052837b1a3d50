"""Mails: what they say (`mails.py`, `templates/`), and how they are written and sent (`engine/`)."""
