"""The benchmark harness; `tests/bench/run` is its front door. Python's standard library only."""
