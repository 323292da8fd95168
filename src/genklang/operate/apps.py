"""Operate as a Django application."""

from django.apps import AppConfig


class OperateConfig(AppConfig):
    """Runs what organisations have adopted; built on the bank's protocols and on people."""

    name = "genklang.operate"
    label = "operate"
    default_auto_field = "django.db.models.BigAutoField"
