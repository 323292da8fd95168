"""Tables for small screens: each cell is told what column it stands in, so that a row can stand as a list.

A table that a style sheet lays out as blocks is no table to a screen reader, so its parts say what they are.
"""

import re
from html import unescape

from django.utils.html import escape, strip_tags

LEAST_COLUMNS = 4
_HEAD = re.compile(r"<thead>(.*?)</thead>", re.DOTALL)
_CELL = re.compile(r"<(td|th)\b([^>]*)>(.*?)</\1>", re.DOTALL)
_ROW = re.compile(r"<tr\b([^>]*)>(.*?)</tr>", re.DOTALL)


def stacking(content: str, *, wordy: bool = False) -> str:
    """The rows of a table with `data-label` and roles; empty where the table is narrow, or has cells that span.

    A wordy table has whole sentences in its cells, and is wide with a column less.
    """
    head = _HEAD.search(content)
    if not head or "colspan" in content or "rowspan" in content:
        return ""
    labels = [" ".join(unescape(strip_tags(cell[3])).split()) for cell in _CELL.finditer(head[1])]
    if len(labels) < LEAST_COLUMNS - wordy:
        return ""
    top = _ROW.sub(_head_row, head[0]).replace("<thead", '<thead role="rowgroup"', 1)
    rest = _ROW.sub(lambda row: _row(row, labels), content[head.end() :])
    return content[: head.start()] + top + re.sub(r"<(tbody|tfoot)\b", r'<\1 role="rowgroup"', rest)


def _head_row(row: re.Match[str]) -> str:
    def cell(found: re.Match[str]) -> str:
        role = "columnheader" if found[3].strip() else "cell"
        return f'<{found[1]} role="{role}"{found[2]}>{found[3]}</{found[1]}>'

    return f'<tr role="row"{row[1]}>{_CELL.sub(cell, row[2])}</tr>'


def _row(row: re.Match[str], labels: list[str]) -> str:
    columns = iter(labels)

    def cell(found: re.Match[str]) -> str:
        label = next(columns, "")
        role = "rowheader" if found[1] == "th" else "cell"
        said = f' data-label="{escape(label)}"' if label and found[1] == "td" else ""
        return f'<{found[1]} role="{role}"{said}{found[2]}>{found[3]}</{found[1]}>'

    return f'<tr role="row"{row[1]}>{_CELL.sub(cell, row[2])}</tr>'
