"""What ends the benchmark with a sentence instead of a traceback."""


class BenchError(Exception):
    """Something that whoever runs the benchmark can understand and mend."""
