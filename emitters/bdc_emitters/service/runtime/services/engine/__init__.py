"""Settings, problems and what a process holds while it runs. Not about your system: this code is the same in every output, and each build writes it again.

Read: `config`, `container`, `problems`, `context` (what an operation with a body of yours is called with), `readiness`, `upkeep`.
"""
