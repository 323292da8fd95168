"""Addresses of the whole house."""

import importlib.util

from django.urls import URLPattern, URLResolver, include, path

from genklang.site import views

ROOM_ADDRESSES = (("", "genklang.operate.urls"), ("practices/", "genklang.bank.urls"), ("", "genklang.people.urls"))


def _rooms() -> list[URLPattern | URLResolver]:
    """The addresses of those rooms that exist; bank lies below practices/, operate chooses its own."""
    found: list[URLPattern | URLResolver] = []
    for prefix, module in ROOM_ADDRESSES:
        package = module.rpartition(".")[0]
        if importlib.util.find_spec(package) and importlib.util.find_spec(module):
            found.append(path(prefix, include(module)))
    return found


urlpatterns = [
    path("", include("genklang.site.own_urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("sign-in/", include("allauth.urls")),
    *_rooms(),
]
handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.broken
