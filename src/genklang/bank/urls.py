"""Addresses of the bank, below practices/."""

from django.urls import path

from genklang.bank import desk, views

app_name = "bank"
urlpatterns = [
    path("", views.practice_list, name="list"),
    path("compare/", views.compare, name="compare"),
    path("desk/", desk.desk, name="desk"),
    path("<slug:slug>/", views.practice_page, name="practice"),
    path("<slug:slug>/evidence/", views.evidence, name="evidence"),
    path("<slug:slug>/evidence.json", views.evidence_file, name="evidence-file"),
    path("<slug:slug>/plan/", views.plan, name="plan"),
    path("<slug:slug>/rehearse/", views.rehearse, name="rehearse"),
    path("<slug:slug>/protocol.yaml", views.protocol_file, name="protocol"),
]
