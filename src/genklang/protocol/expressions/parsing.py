"""Text to tree: the part of SQL's expression syntax that the language has, and nothing else.

A small parser of our own rather than a general SQL one: what it does not know cannot be written, every mistake has its
exact place, and it loads at once. Tests hold that what it reads, a general SQL parser reads too.
"""

import re
from collections.abc import Callable

from genklang.protocol.expressions.nodes import ExpressionError, ExpressionProblem, Syntax, Token, problem

LONGEST = 4_000
DEEPEST = 24

_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>\d+(\.\d+)?([eE][+-]?\d{1,3})?(?![\w.]))|(?P<text>'([^']|'')*')|(?P<word>[^\W\d]\w*)"
    r"|(?P<sign><>|<=|>=|!=|==|--|\|\||&&|[=<>+\-*/%(),!\"])"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_WORDS = "and or not is null in between like case when then else end true false distinct filter"
_RESERVED = frozenset(re.findall(r"\w+", _WORDS))
_COMPARISONS = {"=": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_STRAY = {
    '"': ("A double quote stands here", "Write text in single quotes, for example arm = 'training'."),
    "--": ("{} begins a comment, which expressions have none of", "Write for example 3 - (-2)."),
    "==": ("{} is not an operator", "Write = to compare."),
    "&&": ("{} is not an operator", "Write and."),
    "!": ("{} is not an operator", "Write not, or <> for unequal."),
}


def parse(text: str) -> Syntax:
    """Return the tree of an expression. Raises ExpressionError with the first mistake of form."""
    if len(text) > LONGEST:
        what, instead = "The expression is too long", f"Write at most {LONGEST} characters."
        raise ExpressionError([ExpressionProblem(0, what, "", instead)])
    return _Parser(text).whole()


def tokens(text: str) -> list[Token]:
    """Split an expression into tokens, with an end token last. Raises ExpressionError at what is no SQL."""
    found: list[Token] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.group() in _STRAY or _CONTROL.search(match.group()):
            raise ExpressionError([_stray(text, place, match.group() if match else text[place])])
        if match.lastgroup != "space":
            found.append(Token(str(match.lastgroup), match.group(), place))
        place = match.end()
    return [*found, Token("end", "", len(text))]


def _stray(text: str, place: int, sign: str) -> ExpressionProblem:
    if sign == "'":
        what, instead = "A text is begun but not ended", "Close it with a single quote, for example arm = 'training'."
    elif sign.isdigit():
        what, instead = "A number is written in a way that cannot be read", "Write for example 12, 0.75 or 1e3."
    else:
        what, instead = _STRAY.get(sign, ("{} is not part of the language", "Leave it out."))
    return problem(Token("sign", sign, place), text, what, instead)


class _Parser:
    """Precedence climbing: or, and, not, comparisons, ||, + -, * / %, sign, then what stands alone."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.place = 0
        self.depth = 0

    def whole(self) -> Syntax:
        if self.here.kind == "end":
            raise self.error("The expression is empty", "Write for example avg(met).")
        tree = self.disjunction()
        if self.here.kind != "end":
            raise self.error("{} is not expected here", "Look for a missing operator, comma or parenthesis before it.")
        return tree

    @property
    def here(self) -> Token:
        return self.tokens[self.place]

    def at(self, *texts: str) -> bool:
        return self.here.kind in ("word", "sign") and self.here.text.lower() in texts

    def take(self) -> Token:
        token = self.here
        self.place += 1
        return token

    def accept(self, text: str) -> bool:
        if self.at(text):
            self.place += 1
            return True
        return False

    def demand(self, text: str, example: str) -> Token:
        if not self.at(text):
            found = "The expression ends" if self.here.kind == "end" else "{} stands"
            raise self.error(f"{found} where {text!r} is wanted".replace("'", '"'), f"Write for example {example}.")
        return self.take()

    def error(self, what: str, instead: str) -> ExpressionError:
        return ExpressionError([problem(self.here, self.text, what, instead)])

    def node(self, kind: str, start: int, *args: Syntax, value: object = None) -> Syntax:
        return Syntax(kind, start, self.tokens[self.place - 1].end, value, args)

    def disjunction(self) -> Syntax:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error("The expression is nested too deeply", "Say it in fewer parts.")
        tree = self.series("or", "and")
        self.depth -= 1
        return tree

    def series(self, word: str, inner: str) -> Syntax:
        start = self.here.start
        parts = [self.series("and", "") if inner else self.negation()]
        while self.accept(word):
            parts.append(self.series("and", "") if inner else self.negation())
        return parts[0] if len(parts) == 1 else self.node(word, start, *parts)

    def negation(self) -> Syntax:
        start, times = self.here.start, 0
        while self.accept("not"):
            times += 1
        inner = self.comparison()
        return self.node("not", start, inner) if times % 2 else inner

    def comparison(self) -> Syntax:
        start, left = self.here.start, self.sum()
        if self.here.text in _COMPARISONS:
            sign = _COMPARISONS[self.take().text]
            left = self.node("compare", start, left, self.sum(), value=sign)
            if self.here.text in _COMPARISONS:
                raise self.error("Comparisons cannot be chained", "Write for example 1 <= hours and hours <= 3.")
            return left
        while self.at("is", "not", "in", "between", "like"):
            left = self.test(start, left)
        return left

    def test(self, start: int, left: Syntax) -> Syntax:
        if self.accept("is"):
            negated = self.accept("not")
            self.demand("null", "hours is null or hours is not null")
            return self.node("is_not_null" if negated else "is_null", start, left)
        negated = self.accept("not")
        if self.accept("in"):
            tree = self.node("in", start, left, *self.arguments("hours in (1, 2, 3)"))
        elif self.accept("between"):
            low = self.sum()
            self.demand("and", "hours between 1 and 3")
            tree = self.node("between", start, left, low, self.sum())
        elif self.at("like"):
            raise self.error("{} is not part of the language", "Write contains(text, 'part').")
        else:
            raise self.error("{} is not expected here", "Write for example x not in (1, 2) or x not between 1 and 3.")
        return self.node("not", start, tree) if negated else tree

    def sum(self) -> Syntax:
        return self.chain(("+", "-", "||"), self.product)

    def product(self) -> Syntax:
        return self.chain(("*", "/", "%"), self.signed)

    def chain(self, signs: tuple[str, ...], inner: Callable[[], Syntax]) -> Syntax:
        start, left, length = self.here.start, inner(), 0
        while self.at(*signs):
            length += 1
            if length > DEEPEST:
                raise self.error("The expression has too many terms", "Say it in fewer parts.")
            sign = self.take().text
            left = self.node("arithmetic", start, left, inner(), value=sign)
        return left

    def signed(self) -> Syntax:
        start = self.here.start
        if self.accept("-"):
            if self.at("-", "+"):
                raise self.error("Two signs stand beside each other", "Write for example 3 - (-2).")
            return self.node("negative", start, self.alone())
        self.accept("+")
        return self.alone()

    def alone(self) -> Syntax:
        token = self.here
        if token.kind == "number":
            self.take()
            return self.node("number", token.start, value=token.text)
        if token.kind == "text":
            self.take()
            return self.node("text", token.start, value=token.text[1:-1].replace("''", "'"))
        if self.accept("("):
            tree = self.disjunction()
            self.demand(")", "(1 + 2) * 3")
            return tree
        if token.kind == "word":
            return self.word(token)
        if token.kind == "end":
            raise self.error("The expression ends too early", "Write what follows, for example hours > 3.")
        raise self.error("{} stands where a value is wanted", "Write a name, a number or a text in single quotes.")

    def word(self, token: Token) -> Syntax:
        lower = token.text.lower()
        if lower in ("true", "false", "null"):
            self.take()
            return self.node("truth" if lower != "null" else "null", token.start, value=lower == "true")
        if lower == "case":
            return self.case()
        if lower == "date" and self.tokens[self.place + 1].kind == "text":
            self.take()
            return self.node("date", token.start, value=self.take().text[1:-1])
        if lower in _RESERVED:
            raise self.error("{} stands where a value is wanted", "Write a name, a number or a text in single quotes.")
        self.take()
        if self.at("("):
            return self.call(token)
        return self.node("name", token.start, value=token.text)

    def case(self) -> Syntax:
        start, example = self.take().start, "case when hours > 3 then 1 else 0 end"
        subject = [] if self.at("when") else [self.disjunction()]
        branches: list[Syntax] = []
        self.demand("when", example)
        while True:
            branches.append(self.disjunction())
            self.demand("then", example)
            branches.append(self.disjunction())
            if not self.accept("when"):
                break
        if self.accept("else"):
            branches.append(self.disjunction())
        self.demand("end", example)
        return self.node("switch" if subject else "case", start, *subject, *branches)

    def call(self, name: Token) -> Syntax:
        distinct = False
        if [token.text for token in self.tokens[self.place + 1 : self.place + 3]] == ["*", ")"]:
            self.place += 3
            args: tuple[Syntax, ...] = (self.node("star", name.start),)
        else:
            distinct = self.tokens[self.place + 1].text.lower() == "distinct"
            args = self.arguments(f"{name.text}(…)", after=1 if distinct else 0)
        condition = self.filter() if self.at("filter") else None
        return Syntax("call", name.start, self.tokens[self.place - 1].end, name.text, args, distinct, condition)

    def arguments(self, example: str, *, after: int = 0) -> tuple[Syntax, ...]:
        self.demand("(", example)
        self.place += after
        args: list[Syntax] = []
        if self.accept(")"):
            return ()
        while True:
            args.append(self.disjunction())
            if not self.accept(","):
                break
        self.demand(")", example)
        return tuple(args)

    def filter(self) -> Syntax:
        self.take()
        example = "count(*) filter (where met)"
        self.demand("(", example)
        self.demand("where", example)
        condition = self.disjunction()
        self.demand(")", example)
        return condition
