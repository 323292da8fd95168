"""Addresses of the whole house."""

from django.urls import include, path

from genklang.site import views

urlpatterns = [
    path("", include("genklang.site.own_urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("sign-in/", include("allauth.urls")),
    path("practices/", include("genklang.bank.urls")),
    path("", include("genklang.operate.urls")),
    path("", include("genklang.people.urls")),
]
handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.broken
