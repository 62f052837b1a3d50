"""Evolutions of texts: random specifications, and random changes of them as somebody would write them."""
