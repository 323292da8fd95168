"""Voices as a Django application."""

from django.apps import AppConfig


class VoicesConfig(AppConfig):
    """Keeps media; knows organisations and users, but neither practices nor adoptions."""

    name = "genklang.voices"
    label = "voices"
    default_auto_field = "django.db.models.BigAutoField"
