"""The page at the address of GraphQL: GraphiQL (with its licences), for a browser that asks for a page and not for data."""
