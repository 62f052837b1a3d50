"""What `bdc.changes` says, held to what others find in the documents that the emitters make."""
