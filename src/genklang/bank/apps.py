"""The bank as a Django application."""

from django.apps import AppConfig


class BankConfig(AppConfig):
    """Holds practices and their protocol versions; knows nothing of who runs them."""

    name = "genklang.bank"
    label = "bank"
    default_auto_field = "django.db.models.BigAutoField"
