"""`load_practices`: brings the bank in step with the practices' folders."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from genklang.bank.services import load_practices


class Command(BaseCommand):
    """Loads every folder that can be read; fails at the end when some cannot."""

    help = "Bring the bank in step with the folders of practices."

    def add_arguments(self, parser: CommandParser) -> None:
        """One optional folder."""
        parser.add_argument("folder", nargs="?", type=Path, help="where the practices lie; left out: the setting's")

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs it."""
        report = load_practices(options["folder"])
        self.stdout.write(
            f"{len(report.loaded)} loaded, {len(report.unchanged)} unchanged, {len(report.hidden)} hidden"
        )
        if report.problems:
            raise CommandError("\n".join(str(problem) for problem in report.problems))
