"""What is wrong with guests, open pages, links and files is told where it stands: a table over two protocols."""

from pathlib import Path

import pytest

from genklang.protocol.reading import ProtocolErrors, read_protocol

PRACTICES = Path(__file__).parents[3] / "practices"
FILMS, LIVE = "gavle-elevfilmer", "kungalv-live"
HOME = "invites: {role: family, named: whom, expires: 30 days, opened: seen}"
TABLE = [
    (FILMS, HOME, HOME.replace("family", "teacher"), 'invites, role: "teacher" is no guest role.'),
    (FILMS, HOME, HOME.replace("whom", "film"), 'invites, named: "film" is no text field of the event.'),
    (FILMS, HOME, HOME.replace("30 days", "0 days"), "invites, expires: The link would never work."),
    (FILMS, HOME, HOME.replace("opened: seen", "opened: consented"), '"consented" never refers to "sent".'),
    (FILMS, HOME, HOME.replace("opened: seen", "opened: asked"), '"asked" asks for "question", and nobody is asked'),
    (FILMS, HOME, HOME.replace("}", ", until: ended}"), '"ended" never refers to "sent".'),
    (FILMS, "shown: {unless: said_no}", "shown: {}", "Nothing says when it is shown."),
    (
        FILMS,
        "shown: {unless: said_no}",
        "shown: {unless: said_no, to: teacher}",
        '"teacher" is no guest or public role.',
    ),
    (FILMS, "shown: {unless: said_no}", "shown: {unless: sad_no}", '"sad_no" is no event. Did you mean "said_no"?'),
    (FILMS, "erases: film", "erases: fil", '"fil" is no reference of the event. Did you mean "film"?'),
    (FILMS, "accept: [subtitles]", "accept: [subtitles, film]", "Subtitles stand beside other kinds of file."),
    (
        FILMS,
        "options: *languages}\n      text",
        "options: {old: {sv: Gammal, en: Old}, newer: {sv: Ny, en: New}}}\n      text",
        "Nothing says in which language they are.",
    ),
    (
        FILMS,
        "pupil: {participant: true,",
        "pupil: {participant: true, guest: true,",
        '"pupil" is "participant" and "guest" at once.',
    ),
    (FILMS, "teacher: {sv: Lärare", "teacher: {sees: [sent], sv: Lärare", "the others see it all."),
    (
        LIVE,
        "anybody: {public: true,",
        "second: {public: true, sv: Två, en: Two}\n  anybody: {public: true,",
        '"anybody" is a second role for anybody',
    ),
    (LIVE, "words: {type: text, sv: Din fråga", "words: {type: file, sv: Din fråga", "Anybody could hand in anything."),
    (LIVE, "moderator: {sv", "new: {guest: true, sv: Ny, en: New}\n  moderator: {sv", 'Nobody ever becomes "new".'),
]


@pytest.mark.parametrize(("practice", "old", "new", "says"), TABLE, ids=[row[3][:40] for row in TABLE])
def test_a_mistake_about_guests_is_told(practice: str, old: str, new: str, says: str) -> None:
    text = (PRACTICES / practice / "protocol.yaml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(ProtocolErrors) as raised:
        read_protocol(text.replace(old, new, 1), file="protocol.yaml")
    assert says in " ".join(str(problem) for problem in raised.value.problems)


def test_an_open_page_about_a_person_is_refused() -> None:
    text = (PRACTICES / LIVE / "protocol.yaml").read_text(encoding="utf-8")
    about = text.replace("matter: {sv: Samtal, en: Conversation}\n", "").replace(
        "  moderator: {sv", "  person: {participant: true, sv: Person, en: Person}\n  moderator: {sv"
    )
    with pytest.raises(ProtocolErrors) as raised:
        read_protocol(about, file="protocol.yaml")
    assert "only a matter has an open page" in str(raised.value.problems[0])
