"""Long runs: everything cut everywhere, systems made at random, faults while under load. `make test-long` runs them."""
