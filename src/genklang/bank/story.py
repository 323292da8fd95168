"""Stories: Markdown becomes HTML when it is read. Raw HTML in a story stays text."""

import re
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from genklang.bank.models import Practice
from genklang.bank.wording import language

_SENTENCE = re.compile(r".+?[.!?](?=\s|$)")


def story_of(practice: Practice) -> SafeString:
    """The practice's story in the reader's language, as HTML; in the other language where that one is missing."""
    return render(_markdown(practice))


def opening_of(practice: Practice) -> str:
    """The story's first sentence, as plain text."""
    first = _markdown(practice).strip().partition("\n")[0]
    sentence = _SENTENCE.match(first)
    return sentence[0] if sentence else first


def _markdown(practice: Practice) -> str:
    stories = {story.language: story.markdown for story in practice.stories.all()}
    return stories.get(language()) or next(iter(stories.values()), "")


@lru_cache(maxsize=200)
def render(markdown: str) -> SafeString:
    """HTML of a story; safe, since the renderer writes every tag itself and refuses script addresses."""
    html: str = MarkdownIt("commonmark", {"html": False}).render(markdown)
    return mark_safe(html)  # noqa: S308
