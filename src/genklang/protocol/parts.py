"""What every part of a protocol is made of: strict, frozen, and read by people in their own language."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


class Part(BaseModel):
    """Anything in a protocol: unknown keys are errors, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)


class Worded(Part):
    """Words in Swedish and English, and in whichever other languages the people it is for read."""

    sv: str = Field(min_length=1, description="In plain Swedish.")
    en: str = Field(min_length=1, description="In plain English.")
    other: dict[LanguageCode, str] = Field(
        default_factory=dict, description="In other languages, by code: `{ar: …, so: …, uk: …}`."
    )

    def in_language(self, language: str) -> str:
        """Return the words in the language, else the Swedish ones for "sv", else the English ones."""
        if language in self.other:
            return self.other[language]
        return self.sv if language.startswith("sv") else self.en


class Text(Worded):
    """The same words in Swedish and English."""


class Labelled(Worded):
    """A part that people read by name."""

    sv: str = Field(min_length=1, description="What it is called in Swedish.")
    en: str = Field(min_length=1, description="What it is called in English.")
