"""The service a good team would write by hand for the same tables: FastAPI, SQLAlchemy 2 async, Pydantic, and Strawberry with
DataLoaders. It is the yardstick of `make bench`: idiomatic, eager loading where it helps, caches of parsed and validated
GraphQL documents on, the tenant and role policy as a filter on every query.
"""
