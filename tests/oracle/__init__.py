"""Our numbers beside those of the programs that practitioners trust."""
