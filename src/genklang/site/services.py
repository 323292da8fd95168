"""The site's one verb that writes."""

from genklang.site.models import Feedback


def record_feedback(*, text: str, page: str = "", answer_to: str = "") -> Feedback:
    """Keeps what a visitor wrote about accessibility, for the bank's editors to read."""
    return Feedback.objects.create(text=text, page=page, answer_to=answer_to)
