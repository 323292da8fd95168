"""Signals: what an enrolment's own series says, judged each time one of its events happens.

A signal sounds when its condition turns true, not while it stays true; after it has been false it can sound again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from genklang.engine.draft import Draft
from genklang.engine.plan import Kind, Sentinel
from genklang.engine.types import Event, Series

_SILENT = Series()


def listen(draft: Draft, kind: Kind, event: Event) -> set[int]:
    """Judge the signals that the event belongs to; the places of the rules of which they begin dues."""
    begun: set[int] = set()
    fresh: dict[str, Series] = {}
    for signal in kind.signals:
        before = draft.series.get(signal.name, _SILENT)
        rows = _latest(signal, (*before.rows, signal.watch.row(event)))
        sounding = signal.watch.sounds(rows)
        if sounding and not before.sounding:
            begun.update(signal.begins)
        fresh[signal.name] = Series(sounding, rows)
    draft.series = {**draft.series, **fresh}
    return begun


def _latest(signal: Sentinel, rows: tuple[Mapping[str, Any], ...]) -> tuple[Mapping[str, Any], ...]:
    """The rows that are looked at: so many of the latest, and none from before `over`."""
    rows = rows[-signal.latest :]
    if signal.over is None:
        return rows
    begin = signal.over(rows[-1]["occurred_at"])
    return tuple(row for row in rows if row["occurred_at"] >= begin)
