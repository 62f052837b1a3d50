"""From one specification to the next, the whole way: words, plan, files, runner."""
