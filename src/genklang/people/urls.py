"""Addresses of people."""

from django.urls import path

from genklang.people import views

app_name = "people"
urlpatterns = [
    path("demo/", views.demo, name="demo"),
    path("account/", views.account, name="account"),
    path("organisations/<slug:slug>/access-log/", views.access_log, name="access-log"),
]
