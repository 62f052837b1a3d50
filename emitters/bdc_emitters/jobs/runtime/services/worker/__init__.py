"""The worker: `python -m services.worker` runs the jobs of the specification. `engine` is the same in every output."""
