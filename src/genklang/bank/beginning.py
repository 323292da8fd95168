"""How a practice begins: the files of a new one, or of one grown out of another. Knows no database, writes nothing.

A fork keeps what runs (protocol and tests), the words it is found by, and where it came from; published figures and
people's own voices stay with the practice that they are about.
"""

import re
from collections.abc import Mapping
from functools import cache

from genklang.bank.reading import Folder
from genklang.bank.vocabulary import FOLDER
from genklang.protocol.reading import digest

FILES = ("protocol.yaml", "story.sv.md", "story.en.md", "results.yaml", "tests.yaml")
KEPT = ("areas", "target_groups", "success_factors", "effort", "law")
_ORIGIN = {
    "sv": "Det här arbetssättet växte ur {title}. Berätta vad ni gör på ert eget sätt, och varför.",
    "en": "This practice grew out of {title}. Tell what you do in your own way, and why.",
}
_TOP = re.compile(r"^(?=[a-z_]+:)", re.MULTILINE)


def skeleton(slug: str) -> dict[str, str]:
    """Return the files of a new practice, by name: small, but it checks, rehearses and passes its tests."""
    return {name: text.replace("PRACTICE", slug) for name, text in _templates().items()}


def fork(folder: Folder, files: Mapping[str, str], *, slug: str) -> dict[str, str]:
    """Return the files of a practice that grows out of `folder`, whose own files' texts are `files`, by name."""
    new = skeleton(slug)
    own = {"practice": f"practice: {slug}\nlineage: {folder.slug}\nlineage_digest: {digest(folder.protocol)}\n"}
    kept = {name: block for name, block in _blocks(files["results.yaml"]).items() if name in KEPT}
    return {
        "protocol.yaml": _renamed(files["protocol.yaml"], folder.slug, slug),
        **{f"story.{language}.md": _story(folder, new, language) for language in _ORIGIN},
        "results.yaml": "".join((_blocks(new["results.yaml"]) | kept | own).values()),
        "tests.yaml": files["tests.yaml"].replace(f"practices/{folder.slug}", f"practices/{slug}"),
    }


def _renamed(source: str, old: str, slug: str) -> str:
    """The protocol's text with the new name, at its own first version."""
    named = re.sub(rf"^practice:\s*[\"']?{re.escape(old)}[\"']?", f"practice: {slug}", source, flags=re.MULTILINE)
    return re.sub(r"^version:.*$", "version: 1.0.0", named, flags=re.MULTILINE)


def _story(folder: Folder, new: Mapping[str, str], language: str) -> str:
    origin = _ORIGIN[language].format(title=folder.protocol.title.in_language(language))
    return f"{origin}\n\n{new[f'story.{language}.md']}"


def _blocks(text: str) -> dict[str, str]:
    """A mapping's text cut at its outermost keys; what stands before the first is under the empty name."""
    blocks = _TOP.split(text.rstrip("\n") + "\n")
    return {block.partition(":")[0] if _TOP.match(block) else "": block for block in blocks}


@cache
def _templates() -> dict[str, str]:
    return {name: (FOLDER / "skeleton" / name).read_text(encoding="utf-8") for name in FILES}
