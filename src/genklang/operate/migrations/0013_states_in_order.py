"""States are written as their fields in order instead of by name: format 1 becomes format 2, nothing else changes."""

import json
from collections.abc import Mapping
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

AT_ONCE = 1000
NEVER = 1 << 62
DUE = {
    **dict.fromkeys(("id", "occurrence", "anchor", "slot_date", "slot_time", "opens_at", "target_at", "deadline_at")),
    "wake": None,
    "match": None,
    "closes_at": NEVER,
    "missed": False,
    "closed": False,
    "answer": "",
    "level": 0,
    "reminded": 0,
    "at_target": None,
}
TRACK = {
    **{"name": "", "anchor": None, "since": 0, "first": None, "opened": 0},
    **{"upcoming": None, "live": [], "wake": NEVER},
}


def in_order(text: str) -> str:
    """A state of format 1 as one of format 2."""
    old = json.loads(text)
    state = [
        *(old[name] for name in ("enrolment", "stage", "stage_since", "arm")),
        _sorted(old["facts"]),
        [_track(track) for track in old["tracks"]],
        *(old[name] for name in ("settled", "last", "voids")),
        NEVER if old["wake"] is None else old["wake"],
        _sorted(old.get("members", {})),
        {name: [sounding, _sorted(rows)] for name, (sounding, rows) in sorted(old.get("series", {}).items())},
    ]
    return json.dumps([2, state], ensure_ascii=False, separators=(",", ":"))


def _sorted(value: Any) -> Any:
    if isinstance(value, list):
        return [_sorted(one) for one in value]
    return {name: _sorted(one) for name, one in sorted(value.items())} if isinstance(value, dict) else value


def _track(old: Mapping[str, Any]) -> list[Any]:
    track = TRACK | old
    track["upcoming"] = _due(track["upcoming"]) if track["upcoming"] else None
    return list((track | {"live": [_due(due) for due in track["live"]]}).values())


def _due(old: Mapping[str, Any]) -> list[Any]:
    return list((DUE | old).values())


def rewrite(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Rewrites the states that are of format 1, so many at a time."""
    enrolments = apps.get_model("operate", "Enrolment").objects
    last = 0
    while some := list(enrolments.filter(pk__gt=last).order_by("pk").only("pk", "state")[:AT_ONCE]):
        last = some[-1].pk
        old = [row for row in some if row.state.startswith("{")]
        for row in old:
            row.state = in_order(row.state)
        enrolments.bulk_update(old, ["state"])


class Migration(migrations.Migration):
    """Every enrolment's state."""

    dependencies = [("operate", "0012_research_permits")]

    operations = [migrations.RunPython(rewrite, migrations.RunPython.noop)]
