from __future__ import annotations


class Failure(Exception):
    """Says in one line what is wrong and what to do."""
