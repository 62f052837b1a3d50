"""Names of the specification that mean something to a target: words, systems made of them, and what becomes of each."""
