"""Rules about SQL that a specification carries. They need PostgreSQL's parser, and import it only where there is SQL."""
