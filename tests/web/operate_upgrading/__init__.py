"""Upgrading an adoption: services, pages, and what happens meanwhile."""
