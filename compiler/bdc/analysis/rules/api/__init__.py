"""Rules about what is offered."""
