"""The database of this service: migrations, seeds, the functions of the release, typed rows, and the runner."""
