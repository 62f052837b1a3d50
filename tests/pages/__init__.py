"""The pages `/docs` and `/graphql`: what is taken from npm packages (`vendor`, pinned in `pages.json`), and how they look and work."""
