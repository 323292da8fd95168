"""What a study compares: each arm drawn by lot with the control, and what each such answer is called."""

from __future__ import annotations

from genklang.protocol.measured import BY_LOT
from genklang.protocol.types import Protocol


def treated_arms(protocol: Protocol) -> tuple[str, ...]:
    """The arms that are compared with the control; none where the study compares no arms drawn by lot."""
    study, randomise = protocol.study, protocol.randomise
    if study is None or randomise is None or study.design not in BY_LOT:
        return ()
    control = study.control or next(iter(randomise.arms))
    return tuple(name for name in randomise.arms if name != control)


def several_arms(protocol: Protocol) -> tuple[str, ...]:
    """The same where there are more than one, so that an answer must say which it is about; none otherwise."""
    arms = treated_arms(protocol)
    return arms if len(arms) > 1 else ()


def answer_key(outcome: str, arm: str) -> str:
    """What one answer is called among the study's: the outcome, and the arm where there are several."""
    return f"{outcome}:{arm}" if arm else outcome
