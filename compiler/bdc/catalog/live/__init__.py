"""Reading a running server into a `Database`."""
