"""Template tags that every template has without loading them: components, charts, numbers, addresses."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_block_tag(takes_context=True)
def component(context: Context, content: str, name: str, **values: Any) -> SafeString:
    """Renders `components/<name>/<name>.html` round the content, which the component finds as `slot`."""
    # The content comes from a template and is escaped there already.
    inner = {**values, "slot": mark_safe(content.strip())}  # noqa: S308
    return render_to_string(f"components/{name}/{name}.html", inner, request=context.get("request"))


@register.simple_tag(takes_context=True)
def address_with(context: Context, **changes: Any) -> str:
    """The query string of this page with some values changed; an empty value drops its key."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for key, value in changes.items():
        if value in {None, ""}:
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}"
