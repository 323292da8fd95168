"""A house that was there before format 2 keeps every state: the migration writes it as the engine now would."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from genklang.engine import Due, State, from_json, to_json
from genklang.engine.time import NEVER
from genklang.engine.types import Series, Track
from genklang.operate import machines
from genklang.operate.models import Enrolment
from tests.web.operate_core.conftest import Ward

migration = import_module("genklang.operate.migrations.0013_states_in_order")

OLD = (
    '{"arm":"care","enrolment":"Åsa","facts":{"a":null,"b":1.5,"z":["a","b"]},"format":1,"last":[10,0,"b"],'
    '"members":{"kin":"next_of_kin"},"series":{"grades":[true,[{"occurred_at":5,"value":3}]]},"settled":11,'
    '"stage":"active","stage_since":7,"tracks":[{"anchor":"b","first":6,"live":[{"anchor":"b","answer":"open",'
    '"at_target":["active",null],"deadline_at":3,"id":"visit/1","level":1,"match":["Bo",2],"missed":true,'
    '"occurrence":"1","opens_at":1,"reminded":2,"slot_date":"2026-03-02","slot_time":"08:00","target_at":2,"wake":4}],'
    '"name":"visit","opened":7,"since":5,"upcoming":{"anchor":"b","answer":"open","deadline_at":3,"id":"visit/2",'
    '"level":1,"missed":true,"occurrence":"1","opens_at":1,"reminded":2,"slot_date":"2026-03-02","slot_time":"08:00",'
    '"target_at":2,"wake":4},"wake":9},{"name":"empty"}],"voids":["x","y"],"wake":12}'
)
LIVE = Due("visit/1", "1", "b", "2026-03-02", "08:00", 1, 2, 3, 4, ("Bo", 2))._replace(
    missed=True, answer="open", level=1, reminded=2, at_target=("active", None)
)
UPCOMING = LIVE._replace(id="visit/2", match=None, at_target=None)
NEW = State(
    *("Åsa", "active", 7, "care", {"a": None, "b": 1.5, "z": ("a", "b")}),
    *((Track("visit", "b", 5, 6, 7, UPCOMING, (LIVE,), 9), Track("empty")), 11, (10, 0, "b"), frozenset({"x", "y"})),
    *(12, {"kin": "next_of_kin"}, {"grades": Series(True, ({"value": 3, "occurred_at": 5},))}),
)
OLD_BARE = (
    '{"arm":null,"enrolment":"one","facts":{},"format":1,"last":null,"settled":0,"stage":null,"stage_since":0,'
    '"tracks":[],"voids":[],"wake":null}'
)
NEW_BARE = State("one", None, 0, None, {}, (), 0, None, frozenset(), NEVER)


@pytest.mark.parametrize(("old", "new"), [(OLD, NEW), (OLD_BARE, NEW_BARE)], ids=["full", "bare"])
def test_what_is_written_anew_is_the_same_state(old: str, new: State) -> None:
    assert migration.in_order(old) == to_json(new)
    assert from_json(to_json(new)) == new


@pytest.mark.django_db
def test_old_rows_are_written_anew_and_new_ones_stand(ward: Ward) -> None:
    stands = Enrolment.objects.get(pk=ward.enrolment.pk).state
    other = Enrolment.objects.create(
        adoption=ward.adoption,
        protocol_version=ward.enrolment.protocol_version,
        key="other",
        state=OLD,
        stage="active",
        horizon=11,
        enrolled_at=0,
    )
    migration.rewrite(apps, connection.schema_editor())
    other.refresh_from_db()
    ward.enrolment.refresh_from_db()
    assert from_json(other.state) == NEW
    assert ward.enrolment.state == stands


@pytest.mark.django_db
def test_large_states_are_not_kept(ward: Ward) -> None:
    kept = machines._parsed.cache_info().currsize
    ward.enrolment.state = to_json(NEW._replace(facts={"note": "x" * machines.LARGEST_KEPT}))
    assert machines.load_state(ward.enrolment).facts["note"][0] == "x"
    assert machines._parsed.cache_info().currsize == kept
