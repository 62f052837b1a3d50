"""Broken specifications, each with the diagnostics that it must give written beside their cause."""
