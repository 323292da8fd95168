"""The bank knows who runs what: told when an adoption begins, ends or goes on."""

from genklang.bank.adopters import Adopter
from genklang.bank.giving import note_adopter, note_end
from genklang.operate.models import Adoption


def tell_bank(adoption: Adoption) -> Adopter:
    """The adoption as the bank knows it, which it does from now on: the organisation, since when, until when."""
    adopter = note_adopter(
        adoption.protocol_version.practice,
        key=adoption.public_id,
        place=adoption.organisation.name,
        since=adoption.started_at.date(),
        simulated=adoption.simulated,
    )
    note_end(adoption.public_id, adoption.ended_at.date() if adoption.ended_at else None)
    return adopter
