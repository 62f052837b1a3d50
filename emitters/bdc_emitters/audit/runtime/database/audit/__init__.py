"""The sealed audit trail: verified, written out with proofs, and what was written out checked without a database."""
