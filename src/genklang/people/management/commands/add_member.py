"""Lets the first people in: gives a role in an organisation, and a password when none is set."""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from genklang.people.models import Organisation, Role, User
from genklang.people.services import add_member, add_organisation


class Command(BaseCommand):
    """`python -m django add_member anna@example.se lindmala --name "Lindmåla kommun" --role lead`."""

    help = "Gives someone a role in an organisation; makes the organisation when --name is given and it is new."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The address, the organisation's short name, and the role."""
        parser.add_argument("email")
        parser.add_argument("organisation", help="short name, for example lindmala")
        parser.add_argument("--name", default="", help="the organisation's name, when it is new")
        parser.add_argument("--role", choices=Role.values, default=Role.LEAD)

    def handle(self, *args: Any, **options: Any) -> None:
        """Makes what is missing; asks for a password on the terminal when the user has none."""
        organisation = _organisation(options["organisation"], options["name"])
        member = add_member(email=options["email"], organisation=organisation, role=Role(options["role"]))
        if not member.user.has_usable_password():
            _set_password(member.user)
        self.stdout.write(f"{member.user.email}: {member.role}, {organisation.name}")


def _organisation(slug: str, name: str) -> Organisation:
    found: Organisation | None = Organisation.objects.filter(slug=slug).first()
    if found:
        return found
    if not name:
        raise CommandError(f'organisation: "{slug}" is not known. Write its name too, for example --name "{slug}".')
    return add_organisation(slug=slug, name=name)


def _set_password(user: User) -> None:
    password = getpass.getpass(f"Password for {user.email} (empty: only through the identity provider): ")
    if not password:
        return
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from None
    user.set_password(password)
    user.save(update_fields=["password"])
