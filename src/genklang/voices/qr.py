"""Addresses as QR codes, drawn as SVG."""

from django.utils.safestring import SafeString, mark_safe


def svg(address: str, *, label: str) -> SafeString:
    """The address as a picture that a telephone reads; `label` is its text for those who do not see it."""
    import segno  # a tenth of a second that only this page is worth

    drawn: str = segno.make(address, error="m").svg_inline(
        omitsize=True, border=4, dark="#000", light="#fff", title=label, svgclass="qr"
    )
    return mark_safe(drawn)  # noqa: S308 (segno writes it from dots, and escapes the title)
