"""Charts drawn on the server: figures in, a description of a chart out; `drawing` makes SVG of it. Pure.

A chart never stands alone: its points are also the rows of the table beside it, and its description says in words
what the picture shows. Texts are handed in translated. Intervals are drawn wherever they are given.
"""

from genklang.charts.kinds import Chart, Mark, Point, chart_bar, chart_intervals, chart_line, chart_survival

__all__ = ["Chart", "Mark", "Point", "chart_bar", "chart_intervals", "chart_line", "chart_survival"]
