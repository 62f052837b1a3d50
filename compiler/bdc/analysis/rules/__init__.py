"""One folder per subject, one file per rule: the law and its fact."""
