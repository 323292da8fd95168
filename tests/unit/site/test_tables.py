"""A row of a wide table can stand as a list: each cell knows its column."""

from genklang.site.tables import stacking

HEAD = '<thead><tr><th scope="col">Vad</th><th>A &amp; B</th><th>C</th><th class="number">D</th></tr></thead>'
ROW = '<tbody><tr><th scope="row">x</th><td>1</td><td><b>2</b></td><td class="number">3</td></tr></tbody>'


def test_it_tells_each_cell_its_column() -> None:
    text = stacking(HEAD + ROW)
    assert '<td role="cell" data-label="A &amp; B">1</td>' in text
    assert '<td role="cell" data-label="C"><b>2</b></td>' in text
    assert '<td role="cell" data-label="D" class="number">3</td>' in text


def test_it_keeps_what_a_screen_reader_needs() -> None:
    text = stacking(HEAD + ROW)
    assert text.count('role="row"') == 2
    assert text.count('role="columnheader"') == 4
    assert '<th role="rowheader" scope="row">x</th>' in text


def test_it_leaves_narrow_tables_and_spanning_cells_alone() -> None:
    assert stacking("<thead><tr><th>a</th><th>b</th><th>c</th></tr></thead>") == ""
    assert stacking(HEAD + ROW.replace("<td>1", '<td colspan="2">1')) == ""
    assert stacking(ROW) == ""


def test_a_wordy_table_is_wide_with_three_columns() -> None:
    narrow = (
        "<thead><tr><td></td><th>A</th><th>B</th></tr></thead><tbody><tr><th>x</th><td>1</td><td>2</td></tr></tbody>"
    )
    assert stacking(narrow) == ""
    text = stacking(narrow, wordy=True)
    assert '<td role="cell" data-label="B">2</td>' in text
    assert '<td role="cell"></td>' in text, "an empty corner is no heading"
