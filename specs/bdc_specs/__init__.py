"""What the program reads as it runs: the standard library (`std/`), the pages of `bdc explain` (`diagnostics/`), and the
specification that `bdc new` begins with (`starter/`). Data only: imports nothing."""
