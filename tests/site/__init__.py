"""The documentation site: pages gathered from `specs`, reference pages generated from the code, built by mkdocs-material.

`python -m tests.site FOLDER` (or `make site`) writes the pages to FOLDER/docs and, where mkdocs is installed under `.tools`, the site to
FOLDER/html. It is strict: a link that leads to no page stops it.
"""
