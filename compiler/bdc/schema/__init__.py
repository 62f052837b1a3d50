"""From the IR to the database: tables, columns, policies, roles, triggers and views as statements, and as the state that migrations start from."""
