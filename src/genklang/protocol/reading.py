"""The way in: protocol.yaml's text becomes a Protocol, or everything that is wrong with it.

Also a protocol's canonical form, which stores and pins it, and the digest of that form, which names it.
"""

import hashlib
from dataclasses import dataclass

from pydantic import ValidationError

from genklang.protocol.checks import problems_in
from genklang.protocol.document import Document, read_yaml
from genklang.protocol.problems import Problem, ProtocolErrors
from genklang.protocol.types import Protocol
from genklang.protocol.wording import problems_of

__all__ = [
    "Problem",
    "ProtocolErrors",
    "Source",
    "canonical_json",
    "digest",
    "from_canonical",
    "read_protocol",
    "read_source",
]


@dataclass(frozen=True, slots=True)
class Source:
    """A protocol together with where each of its parts is written."""

    protocol: Protocol
    document: Document


def read_protocol(text: str, *, file: str) -> Protocol:
    """Read and check a protocol. `file` names it in errors. Raises ProtocolErrors with everything that is wrong."""
    return read_source(text, file=file).protocol


def read_source(text: str, *, file: str) -> Source:
    """Read and check a protocol, and keep its positions. Raises ProtocolErrors with everything that is wrong."""
    document = read_yaml(text, file=file)
    if not isinstance(document.data, dict):
        what = "The file holds no protocol"
        raise ProtocolErrors([Problem(file, 1, 1, "", what, "", 'Begin with "language: 1" and "practice: …".')])
    try:
        protocol = Protocol.model_validate(document.data, by_alias=True, by_name=False)
    except ValidationError as error:
        raise ProtocolErrors(problems_of(error.errors(include_url=False), document)) from None
    problems = problems_in(protocol, document)
    if problems:
        raise ProtocolErrors(problems)
    return Source(protocol, document)


def canonical_json(protocol: Protocol) -> str:
    """Return the protocol as compact JSON: all that differs from a default, in the order of the language and the file.

    The order of names means something (the first stage, the primary outcome), so store it as text, not as a database's
    own JSON type that may sort keys.
    """
    return protocol.model_dump_json(by_alias=True, exclude_defaults=True)


def from_canonical(json: str) -> Protocol:
    """Return the protocol that `canonical_json` wrote. Raises ValueError for anything else."""
    return Protocol.model_validate_json(json, by_alias=True, by_name=False)


def digest(protocol: Protocol) -> str:
    """Return the name of exactly this content: "sha256:" and 64 hexadecimal digits over the canonical form."""
    return "sha256:" + hashlib.sha256(canonical_json(protocol).encode()).hexdigest()
