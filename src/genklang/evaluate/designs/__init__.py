"""One module a design: reads its columns, calls the method, and tells the whole finding. `BUILDERS` names them all."""

from __future__ import annotations

from collections.abc import Callable

from genklang.evaluate.designs import (
    before_after,
    clustered,
    one_group,
    randomised,
    series,
    staggered,
    stepped,
    survey,
    synthetic,
    time_to_event,
    worth,
)
from genklang.evaluate.findings import Finding
from genklang.evaluate.request import Request

BUILDERS: dict[str, Callable[[Request], Finding]] = {
    "randomised": randomised.build,
    "cluster_randomised": clustered.build,
    "survival": time_to_event.build,
    "one_group": one_group.build,
    "before_after": before_after.build,
    "interrupted_time_series": series.build,
    "difference_in_differences": staggered.build,
    "synthetic_control": synthetic.build,
    "stepped_wedge": stepped.build,
    "survey": survey.build,
    "cost_effectiveness": worth.build,
}
OTHER_NAMES = {
    "randomized": "randomised",
    "rct": "randomised",
    "cluster_randomized": "cluster_randomised",
    "cluster": "cluster_randomised",
    "time_to_event": "survival",
    "single_group": "one_group",
    "did": "difference_in_differences",
    "diff_in_diff": "difference_in_differences",
    "staggered": "difference_in_differences",
    "synthetic": "synthetic_control",
    "paired": "before_after",
    "its": "interrupted_time_series",
    "segmented": "interrupted_time_series",
    "segmented_regression": "interrupted_time_series",
}
