"""Apis, resources, operations, and where they are deployed."""
