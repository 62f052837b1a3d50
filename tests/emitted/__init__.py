"""Tests of the emitter of tests: its rows satisfy what their tables ask."""
