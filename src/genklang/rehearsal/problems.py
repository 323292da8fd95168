"""What is wrong with what was asked of a rehearsal, in the house's form; all of it at once."""

from collections.abc import Iterable, Mapping

from genklang.protocol.problems import suggestion
from genklang.protocol.types import Parameter, Protocol

MOST_ENROLMENTS = 20_000
LONGEST = 20


class RehearsalError(ValueError):
    """Everything that stands in the way of a rehearsal."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


def check_size(enrolments: int, years: float) -> list[str]:
    """Problems with how many are simulated and for how long."""
    problems = []
    if not 1 <= enrolments <= MOST_ENROLMENTS:
        instead = f'Write a whole number from 1 to {MOST_ENROLMENTS}, for example "100".'
        problems.append(f'enrolments: "{enrolments}" is out of bounds. {instead}')
    if not 0 < years <= LONGEST:
        problems.append(f'years: "{years:g}" is not above 0 and at most {LONGEST}. Write for example "1" or "0.5".')
    return problems


def check_parameters(protocol: Protocol, given: Mapping[str, float]) -> list[str]:
    """Problems with parameters that the protocol does not have, or that lie outside their bounds."""
    known = protocol.rehearsal.parameters if protocol.rehearsal else {}
    problems = []
    for name, value in given.items():
        if name not in known:
            instead = suggestion(name, known, nothing="Leave it out: this practice has no parameters.")
            problems.append(f'parameter "{name}": the practice has none of that name. {instead}')
        elif not known[name].min <= value <= known[name].max:
            problems.append(_out_of_bounds(name, value, known[name]))
    return problems


def _out_of_bounds(name: str, value: float, parameter: Parameter) -> str:
    bounds = f"from {parameter.min:g} to {parameter.max:g}"
    example = f'for example "{name}={parameter.value:g}"'
    return f'parameter "{name}": "{value:g}" is out of bounds. Write a number {bounds}, {example}.'
