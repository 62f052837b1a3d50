"""Tables, schemas, partitions, sequences and their comments."""
