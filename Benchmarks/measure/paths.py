"""Where things are."""

from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
ROOT = BENCHMARKS.parent
# The packages of other queues, apart from the tests' own: made by scripts/python-environment.
CONTENDERS = BENCHMARKS / "contenders"
CONTENDERS_PYTHON = BENCHMARKS / ".venv" / "bin" / "python"
