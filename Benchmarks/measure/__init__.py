"""What `Benchmarks/run` measures, a section a file."""
