"""The GraphQL schema of a system as a tree: types, fields, arguments and inputs, named once for the SDL, the resolvers and the comparison."""
