"""Stories: Markdown becomes HTML when it is read. Raw HTML in a story stays text."""

from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from genklang.bank.models import Practice, Story
from genklang.bank.wording import language


def story_of(practice: Practice) -> SafeString:
    """The practice's story in the reader's language, as HTML; in the other language where that one is missing."""
    stories = {story.language: story.markdown for story in Story.objects.filter(practice=practice)}
    return render(stories.get(language()) or next(iter(stories.values()), ""))


@lru_cache(maxsize=200)
def render(markdown: str) -> SafeString:
    """HTML of a story; safe, since the renderer writes every tag itself and refuses script addresses."""
    return mark_safe(MarkdownIt("commonmark", {"html": False}).render(markdown))  # noqa: S308
