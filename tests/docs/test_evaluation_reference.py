"""The examples of the evaluation reference run, and it names every method."""

import doctest
from pathlib import Path

import pytest

from genklang.evaluate.designs import BUILDERS
from genklang.evaluate.methods import ALL

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "evaluation.md"


def test_the_examples_run() -> None:
    # fences are no output: an empty line stands before each closing one
    text = REFERENCE.read_text(encoding="utf-8")
    example = doctest.DocTestParser().get_doctest(text, {}, "evaluation", str(REFERENCE), 0)
    said: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(example, out=said.append)
    assert results.attempted > 20
    assert results.failed == 0, "".join(said)


@pytest.mark.parametrize("method", ALL, ids=lambda method: method.id)
def test_every_method_is_explained(method: object) -> None:
    assert f"`{getattr(method, 'id', None)}`" in REFERENCE.read_text(encoding="utf-8")


@pytest.mark.parametrize("design", BUILDERS)
def test_every_design_is_named(design: str) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    assert f"`{design}`" in text or f'design="{design}"' in text
