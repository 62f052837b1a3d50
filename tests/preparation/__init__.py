"""SQL by hand, prepared on a server before anything is built."""
