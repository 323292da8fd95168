"""Kill -9 anywhere, the short form: twenty kills of real processes. The long one: `script/bench crash --kills 1000`."""

import os

from bench.crash.harness import torment

KILLS = 20


def test_twenty_kills_lose_nothing_double_nothing_and_leave_nobody_waiting() -> None:
    found = torment(os.environ.get("GENKLANG_TEST_DATABASE", ""), kills=KILLS, seed=4)
    assert found.wrong == []
    assert found.kills == KILLS and found.events > 20 and found.messages > 50
    assert found.doubles <= found.kills
