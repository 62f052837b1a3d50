"""Which pictures there are; imported by the command line, so it imports nothing."""

KINDS = ("entities", "machines", "requests", "architecture", "permissions")
FORMS = ("svg", "mermaid")
