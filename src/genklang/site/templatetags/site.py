"""Template tags that every template has without loading them: components, charts, addresses."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

from genklang.charts import Chart
from genklang.site.chart_page import shown
from genklang.site.lines import lines
from genklang.site.tables import stacking

register = template.Library()
register.tag("lines", lines)
CARRIED = ("request", "csrf_token", "user")


@register.simple_block_tag(takes_context=True)
def component(context: Context, content: str, name: str, /, **values: Any) -> SafeString:
    """Renders `components/<name>/<name>.html` round the content, which the component finds as `slot`."""
    # The content comes from a template and is escaped there already.
    slots = {"slot": mark_safe(content.strip())}  # noqa: S308
    if name == "table":
        slots["stacked"] = mark_safe(stacking(content.strip(), wordy=bool(values.get("wordy"))))  # noqa: S308
    return _render(context, name, {**values, **slots})


@register.simple_tag(takes_context=True)
def chart(context: Context, drawn: Chart) -> SafeString:
    """A chart as a figure, for wide and narrow pages, with its table beside; says so when there are no figures."""
    return _render(context, "chart", shown(drawn))


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


def _render(context: Context, name: str, values: dict[str, Any]) -> SafeString:
    # A context of its own, so that a page's `title` does not leak in; made without running the processors again.
    carried = {key: context[key] for key in CARRIED if key in context}
    assert context.template is not None
    found = context.template.engine.get_template(f"components/{name}/{name}.html")
    return found.render(context.new({**carried, **values}))
