"""The parts of scripts/run."""
