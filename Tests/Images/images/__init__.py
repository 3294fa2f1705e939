"""The images as archives on disk, and containers of them without an engine."""
