"""The real programs as processes, and what a test needs around them."""
