"""Two versions of a service on one database, while one takes the other's place."""
