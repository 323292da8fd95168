"""What every answer carries: a content security policy that allows neither inline script nor inline style."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

Handler = Callable[[HttpRequest], HttpResponseBase]


def policy(*, sign_in_origin: str = "") -> str:
    """The policy's text; `sign_in_origin` is where a sign-in form may be redirected (an OpenID provider)."""
    form_targets = " ".join(filter(None, ["'self'", sign_in_origin]))
    return "; ".join(
        [
            "default-src 'self'",
            "img-src 'self' data:",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            f"form-action {form_targets}",
        ]
    )


class ContentSecurityPolicy:
    """Adds the policy to every response that does not bring its own."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.policy = policy(sign_in_origin=_provider_origin())

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        return response


def _provider_origin() -> str:
    provider = settings.OPENID_PROVIDER
    if not provider:
        return ""
    parts = urlsplit(provider["settings"]["server_url"])
    return f"{parts.scheme}://{parts.netloc}"
