"""The site as a Django application: it owns templates, static files, template tags and the feedback table."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Named `site`; sits first among the applications so that its templates win over those of libraries."""

    name = "genklang.site"
    label = "site"
    default_auto_field = "django.db.models.BigAutoField"
