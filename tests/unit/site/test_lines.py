"""`{% lines %}` gives what `{% for %}` gives, whatever the lines hold; what is the same for all is rendered once."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.template import TemplateSyntaxError, engines
from django.utils import translation
from django.utils.safestring import mark_safe


@dataclass
class Line:
    """Anything that a line may hold."""

    name: str = ""
    n: float = 0
    parts: list[str] = field(default_factory=list)
    inner: Any = None

    def shout(self) -> str:
        """Asked without brackets, as templates do."""
        return self.name.upper()


ROWS = [
    Line("<b> & å", 1_234.5, ["x", "<y>"], Line("inside")),
    Line(mark_safe("<i>safe</i>"), 0, []),
    Line("", 2, ["z"], {"name": "of a dict"}),
]
SAME = {
    "values": "{{ line.name }} {{ line.n }} {{ line.shout }} {{ line.inner.name }} {{ line.no_such }}",
    "filters": "{{ line.name|upper }} {{ line.parts|length }}",
    "choices": "{% if line.name %}a{% else %}b{% endif %}{% if not line.n %}none{{ line.name }}{% endif %}",
    "both": "{% if line.name %}{% if line.inner.name %}{{ line.inner.name }}{% endif %}{% else %}–{% endif %}",
    "conditions": "{% if line.n > 1 %}many{% elif line.n %}one{% else %}no{% endif %}",
    "several": "{% if line.name and big %}{{ line.name }}{% endif %}{% if missing == line.n %}x{% endif %}",
    "others": "{% if big %}big{{ line.name }}{% endif %}{% if not big %}small{% endif %}{{ given }}",
    "missing": "{% if missing %}x{% else %}{{ line.name }}{% endif %}{{ missing }}",
    "loops": "{% for part in line.parts %}{{ part }}{% if not forloop.last %}, {% endif %}{% endfor %}",
    "unescaped": "{% autoescape off %}{{ line.name }}{% endautoescape %}",
    "words": '{% translate "Show" %}{% comment %}nothing{% endcomment %}{# nor this #}',
    "parts": '{% include "components/tag/tag.html" %}{% include "components/tag/tag.html" with kind=line.name %}',
    "alone": '{% include "components/tag/tag.html" only %}',
}


def rendered(text: str, rows: list[Any], **values: Any) -> str:
    values |= {"rows": rows, "big": True, "given": "<&>", "slot": "slot", "kind": "warning"}
    return engines["django"].from_string(text).render(values)


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("name", SAME)
def test_it_gives_what_a_loop_gives(name: str, language: str) -> None:
    with translation.override(language):
        loop = rendered(f"{{% for line in rows %}}[{SAME[name]}]{{% endfor %}}", ROWS)
        assert rendered(f"{{% lines rows as line %}}[{SAME[name]}]{{% endlines %}}", ROWS) == loop
    assert loop.count("[") == 3


def test_it_gives_it_without_escaping_too() -> None:
    text = "{% autoescape off %}{% lines rows as line %}{{ line.name }}{% endlines %}{% endautoescape %}"
    assert rendered(text, ROWS[:1]) == "<b> & å"


def test_what_is_the_same_for_all_lines_is_asked_once() -> None:
    asked = []

    def is_big() -> bool:
        asked.append(True)
        return True

    text = "{% lines rows as line %}{% if huge %}{{ line.name }}{% endif %}{% endlines %}"
    assert rendered(text, [Line("a"), Line("b")], huge=is_big) == "ab"
    assert len(asked) == 1


def test_the_line_is_gone_afterwards_and_none_leave_nothing() -> None:
    assert rendered("{% lines rows as line %}{{ line.name }}{% endlines %}{{ line.name }}", [Line("a")]) == "a"
    assert rendered("{% lines rows as line %}x{% endlines %}", []) == ""


@pytest.mark.parametrize("words", ["rows", "rows as", "rows in line", "rows as line now"])
def test_a_tag_that_is_written_otherwise_says_how(words: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=r"write .* rows as line"):
        rendered(f"{{% lines {words} %}}{{% endlines %}}", [])
