"""Addresses of the site's own pages."""

from django.urls import path

from genklang.site import views

app_name = "site"
urlpatterns = [
    path("", views.home, name="home"),
    path("welcome/", views.welcome, name="welcome"),
    path("about/", views.about, name="about"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("accessibility/feedback/", views.feedback_list, name="feedback"),
    path("components/", views.components, name="components"),
]
