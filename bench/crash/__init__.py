"""Kill -9 anywhere: real processes, killed at random, while events come and dues fall; then the history is checked."""

from bench.crash.harness import run

__all__ = ["run"]
