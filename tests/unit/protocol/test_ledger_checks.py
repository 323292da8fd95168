"""Mistakes in ledgers, names for others and references to others' events, told in exactly these words."""

import pytest

from genklang.protocol.reading import ProtocolErrors, read_protocol

MARKET = """\
language: 1
practice: market
version: 1.0.0
title: {sv: Torg, en: Market}
summary: {sv: Ett torg., en: A market.}
roles:
  person: {participant: true, called: name, sv: Deltagare, en: Participant}
  keeper: {sv: Värd, en: Keeper}
facts:
  name: {concept: called, type: text, sv: Vad vill du kallas?, en: What do you want to be called?}
  age: {concept: age, type: integer, sv: Ålder, en: Age}
stages: {open: {sv: Öppen, en: Open}}
events:
  offered: {sv: Erbjuder, en: Offers, by: person}
  gave:
    sv: Gav
    en: Gave
    by: person
    fields:
      offer: {type: reference, of: offered, whose: others, once: true, sv: Vad?, en: What?}
      all: {type: reference, of: offered, many: true, required: false, sv: Alla, en: All}
      hours: {type: number, sv: Timmar, en: Hours}
ledgers:
  time: {sv: Tid, en: Time, least: -5, accounts: {chest: {sv: Kista, en: Chest}}, postings: [
    {on: gave, amount: hours, from: self, to: offer}]}
"""
MISTAKES = [
    ("called: name", "called: nam", 'market.yaml:7:39, role "person", called: "nam" is no fact. Did you mean "name"?'),
    (
        "called: name",
        "called: age",
        'market.yaml:7:39, role "person", called: "age" is integer, not a name. Name a fact of type text.',
    ),
    (
        "keeper: {sv",
        "keeper: {called: name, sv",
        'market.yaml:8:20, role "keeper", called: Only participants are called something by others. Take it away.',
    ),
    (
        "hours: {type: number",
        "hours: {once: true, type: number",
        'market.yaml:22:15, event "gave", field "hours", once: "once" means nothing for type number. '
        "Write type: reference, or take it away.",
    ),
    (
        "all: {type: reference",
        "all: {once: true, type: reference",
        'market.yaml:21:13, event "gave", field "all", once: "once" and "many" stand together. Take one of them away.',
    ),
    (
        "least: -5",
        "least: 5",
        'market.yaml:24:36, ledger "time", least: Nobody could begin: an account holds nothing at first. '
        "Write 0, or less.",
    ),
    (
        "on: gave",
        "on: gives",
        'market.yaml:25:10, ledger "time", postings, number 1, on: "gives" is no event. Did you mean "gave"?',
    ),
    (
        "to: offer",
        "to: offers",
        'market.yaml:25:47, ledger "time", postings, number 1, to: "offers" is no account. Did you mean "offer"?',
    ),
    (
        "to: offer",
        "to: hours",
        'market.yaml:25:47, ledger "time", postings, number 1, to: "hours" leads to nobody. '
        'Write "self", "offer", "all" or "chest".',
    ),
    (
        "to: offer",
        "to: all",
        'market.yaml:25:47, ledger "time", postings, number 1, to: "all" may point at several. '
        "Name a field that points at one.",
    ),
    (
        "to: offer",
        "to: self",
        'market.yaml:25:47, ledger "time", postings, number 1, to: Nothing moves from "self" to itself. '
        'Write another of "self", "offer", "all" or "chest".',
    ),
    (
        "amount: hours",
        "amount: ours",
        'market.yaml:25:24, ledger "time", postings, number 1, amount: "ours" is not known here. Did you mean "hours"?',
    ),
]


def test_without_a_mistake_nothing_is_said() -> None:
    assert read_protocol(MARKET, file="market.yaml").ledgers["time"].least == -5


@pytest.mark.parametrize(("right", "wrong", "says"), MISTAKES, ids=[wrong for _, wrong, _ in MISTAKES])
def test_the_mistake_is_told(right: str, wrong: str, says: str) -> None:
    assert right in MARKET
    with pytest.raises(ProtocolErrors) as raised:
        read_protocol(MARKET.replace(right, wrong, 1), file="market.yaml")
    assert says in [str(problem) for problem in raised.value.problems]
