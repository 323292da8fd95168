"""A late event can take the ground from under a later one: what that one had changed is then as it was before."""

from genklang.engine import Event, current
from tests.unit.engine.test_engine_machine import DUE, MACHINE, at


def test_a_waiver_that_turns_out_to_come_after_the_end_leaves_the_due_missed() -> None:
    log = [
        Event("start", "enrolled", at("07:00")),
        Event("yes", "consented", at("07:01"), "person"),
        Event("fallen", "allocated", at("07:02"), "system", {"arm": "a"}),
        Event("seen", "acknowledged", at("09:20"), "nurse", {"due": DUE}),
        Event("waiver", "waived", at("10:00"), "nurse", {"due": DUE, "reason": "away"}),
    ]
    early = MACHINE.fold("one", log)
    assert current(early.facts)[DUE].status == "waived"
    late = Event("end", "ended", at("09:40"), "nurse")
    step = MACHINE.apply(early.state, late, history=lambda: log)
    whole = MACHINE.fold("one", [*log, late])
    standing = (current(early.facts) | current(step.facts)).items()
    assert {due: fact for due, fact in standing if due not in step.withdrawn} == current(whole.facts)
    assert current(whole.facts)[DUE].status == "missed" and step.held == whole.held == ("waiver",)
