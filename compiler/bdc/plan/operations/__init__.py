"""One file per kind of change: each takes the context and a `Change`, and yields steps or refusals."""
