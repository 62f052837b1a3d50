(block "{" @start "}" @end) @fold
