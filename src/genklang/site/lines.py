"""`{% lines rows as line %}…{% endlines %}`: as `{% for line in rows %}`, for long lists that show much of each line.

What does not ask for the line is rendered once; a plain `{{ line.name }}` and `{% if line.name %}` are read from it
straight away, and an include of a named part stands as though it were written there. Everything else is rendered as
ever, with the line in the context. There is no `forloop`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.template import Context, Node, TemplateSyntaxError
from django.template.base import (
    FilterExpression,
    Parser,
    TextNode,
    Token,
    Variable,
    VariableNode,
    render_value_in_context,
)
from django.template.defaulttags import CommentNode, CsrfTokenNode, IfNode, TemplateLiteral
from django.template.loader_tags import IncludeNode
from django.template.smartif import OPERATORS
from django.templatetags.i18n import TranslateNode
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

Not = OPERATORS["not"]
AS_LONG = 4  # lines, rows, as, line


@dataclass(frozen=True)
class Value:
    """A value of the line, as it is: the names that lead to it."""

    path: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """What is shown where a value of the line is there, and where it is not."""

    path: tuple[str, ...]
    there: "list[Step]"
    missing: "list[Step]"


Step = str | Value | Choice | Node


class LinesNode(Node):
    """Renders its content for each of the rows."""

    child_nodelists = ("content",)

    def __init__(self, rows: FilterExpression, name: str, content: Any) -> None:
        self.rows, self.name, self.content = rows, name, content

    def render(self, context: Context) -> SafeString:
        """The content of every row, one after the other."""
        with context.push():
            context[self.name] = None
            steps = list(_joined(self._settled(self.content, context)))
            found: list[str] = []
            for row in self.rows.resolve(context):
                context[self.name] = row
                _write(steps, row, context, found.append)
        return mark_safe("".join(found))  # noqa: S308  (each part is escaped, or a template's own)

    def _settled(self, nodes: Iterable[Node], context: Context) -> Iterator[Step]:
        """The content with what is the same for all rows in its place."""
        for node in nodes:
            yield from self._step(node, context)

    def _step(self, node: Node, context: Context) -> Iterator[Step]:
        match node:
            case TextNode():
                yield node.s
            case CommentNode():
                pass
            case CsrfTokenNode():
                yield str(node.render_annotated(context))
            case TranslateNode(asvar=None, filter_expression=FilterExpression(var=Variable(lookups=None), filters=[])):
                yield str(node.render_annotated(context))
            case VariableNode() if path := self._value(node.filter_expression):
                yield Value(path)
            case IncludeNode(template=FilterExpression(var=str(name)), isolated_context=False) if (
                not node.extra_context
            ):
                assert context.template is not None
                yield from self._settled(context.template.engine.get_template(name).nodelist, context)
            case IfNode():
                yield from self._choice(node, context)
            case _:
                yield node

    def _choice(self, node: IfNode, context: Context) -> Iterator[Step]:
        condition: Any
        content: Iterable[Node]
        (condition, content), *others = node.conditions_nodelists
        if len(others) > 1 or any(other is not None for other, _content in others):
            yield node  # with an elif
            return
        otherwise: Iterable[Node] = others[0][1] if others else []
        if isinstance(condition, Not):
            condition, content, otherwise = condition.first, otherwise, content
        asked = condition.value if isinstance(condition, TemplateLiteral) else None
        if path := self._value(asked):
            yield Choice(path, *([*_joined(self._settled(some, context))] for some in (content, otherwise)))
        elif self._is_of_all(asked):
            yield from self._settled(content if condition.eval(context) else otherwise, context)
        else:
            yield node

    def _value(self, asked: Any) -> tuple[str, ...]:
        """The way to the line's value that is asked for as it is; else empty."""
        match asked:
            case FilterExpression(var=Variable(lookups=(self.name, *path)), filters=[]):
                return tuple(path)
        return ()

    def _is_of_all(self, asked: Any) -> bool:
        """Whether something plain is asked for that is not the line's."""
        match asked:
            case FilterExpression(var=Variable(lookups=(str(first), *_rest)), filters=[]):
                return first != self.name
        return False


def lines(parser: Parser, token: Token) -> LinesNode:
    """Reads the tag."""
    words = token.split_contents()
    if len(words) != AS_LONG or words[2] != "as":
        raise TemplateSyntaxError("lines: write {% lines rows as line %}.")
    content = parser.parse(("endlines",))
    parser.delete_first_token()
    return LinesNode(parser.compile_filter(words[1]), words[3], content)


def _joined(steps: Iterable[Step]) -> Iterator[Step]:
    """Texts that follow on each other as one."""
    text = ""
    for step in steps:
        if isinstance(step, str):
            text += step
        else:
            if text:
                yield text
            yield step
            text = ""
    if text:
        yield text


def _of(row: Any, path: tuple[str, ...]) -> Any:
    """What a template finds there; nothing where there is nothing."""
    for name in path:
        row = row.get(name, "") if isinstance(row, dict) else getattr(row, name, "")
        row = row() if callable(row) else row
    return row


def _write(steps: list[Step], row: Any, context: Context, write: Callable[[str], None]) -> None:
    for step in steps:
        if isinstance(step, str):
            write(step)
        elif isinstance(step, Value):
            value = _of(row, step.path)
            plain = type(value) is str and context.autoescape
            write(escape(value) if plain else str(render_value_in_context(value, context)))
        elif isinstance(step, Choice):
            _write(step.there if _of(row, step.path) else step.missing, row, context, write)
        else:
            write(str(step.render_annotated(context)))
