"""Measurements of w2v against its peers; run as ``python -m benchmarks.run``.

Nothing in here imports w2v or numpy: every measured thing is a process of its
own, and a small parent keeps the memory figures honest (see process.py).
"""
