"""How requests are served. Not about your system: this code is the same in every output, and each build writes it again.

Read: `app` (how the application is put together), `http/` (request, answer, routing), `middleware/` (what happens to every
request), `documentation/` (the page at `/docs`, where pages are served). The routes of your system are in `api.routes` and `api.controllers`.
"""
