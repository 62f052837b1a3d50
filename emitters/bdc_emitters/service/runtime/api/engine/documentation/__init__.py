"""The documents that describe this API, and a page that shows them without any network."""
