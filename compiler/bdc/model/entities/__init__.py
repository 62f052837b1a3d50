"""Entities and views: fields, members, indexes, partitions, what they were called."""
