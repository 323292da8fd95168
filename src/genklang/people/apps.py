"""People as a Django application."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Owns the user model (`people.User`), so it is among the first to migrate."""

    name = "genklang.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
