"""What can be done, one file per noun. Each action asks access, checks, and writes at most once."""
