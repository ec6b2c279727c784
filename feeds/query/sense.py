"""Whether a line makes sense: it can hold for something, holds not for everything, and no weight in it is idle."""

from __future__ import annotations

from feeds.query.expr import SEARCHED, And, Boost, Everything, Expr, In, Is, Near, Not, Or, Pattern, Phrase, Ref, Word
from feeds.text.forms import primary

_Demand = tuple[bool, tuple[str, ...], Expr]
"""Something that must hold (True) or must not, in which fields."""
_Demands = tuple[_Demand, ...]


def is_anchored(expr: Expr) -> bool:
    """Whether `expr` can hold only for entries that have something it names.

    `NOT a` and `a OR NOT b` are not: they hold for nearly everything that was ever published.
    """
    match expr:
        case And(parts):
            return any(is_anchored(part) for part in parts)
        case Or(parts):
            return all(is_anchored(part) for part in parts)
        case Not(part):
            return _denial_is_anchored(part)
        case In(part=part) | Boost(part=part):
            return is_anchored(part)
        case Word() | Phrase() | Near() | Pattern() | Is() | Ref():
            return True
        case Everything():
            return False


def _denial_is_anchored(expr: Expr) -> bool:
    """`is_anchored(Not(expr))`, by De Morgan."""
    match expr:
        case And(parts):
            return all(_denial_is_anchored(part) for part in parts)
        case Or(parts):
            return any(_denial_is_anchored(part) for part in parts)
        case Not(part):
            return is_anchored(part)
        case In(part=part) | Boost(part=part):
            return _denial_is_anchored(part)
        case Word() | Phrase() | Near() | Pattern() | Is() | Ref() | Everything():
            return False


def clash(expr: Expr) -> tuple[Expr, Expr] | None:
    """Two parts of `expr` that never hold together, so that it holds for nothing; None: it may hold.

    Found are `a -a`, also inside a field, and two languages or hosts at once; not every line that can never hold.
    """
    try:
        _demands(expr, SEARCHED, (), wanted=True)
    except _ClashError as error:
        return error.pair
    return None


class _ClashError(Exception):
    def __init__(self, one: Expr, other: Expr) -> None:
        super().__init__()
        self.pair = (one, other)


def _demands(expr: Expr, fields: tuple[str, ...], given: _Demands, *, wanted: bool) -> _Demands:
    """`given`, and what holds whenever `expr` does (`wanted`) or does not; raises _ClashError when that is never."""
    match expr:
        case And(parts) | Or(parts) if isinstance(expr, And) is wanted:
            # What is certain first, so that it can rule out alternatives.
            for part in sorted(parts, key=lambda part: isinstance(part, And | Or | Not | In | Boost)):
                given = _demands(part, fields, given, wanted=wanted)
            return given
        case And(parts) | Or(parts):
            return _shared(parts, fields, given, wanted=wanted)
        case Not(part):
            return _demands(part, fields, given, wanted=not wanted)
        case In(field, part):
            return _demands(part, (field,), given, wanted=wanted)
        case Boost(part):
            return _demands(part, fields, given, wanted=wanted)
        case Word() | Phrase() | Near() | Pattern() | Is() | Ref() | Everything():
            return _joined(given, (wanted, () if isinstance(expr, Is | Ref) else fields, expr))


def _shared(parts: tuple[Expr, ...], fields: tuple[str, ...], given: _Demands, *, wanted: bool) -> _Demands:
    """What every alternative asks for; those that never hold are none."""
    asked: list[_Demands] = []
    clashes: list[_ClashError] = []
    for part in parts:
        try:
            asked.append(_demands(part, fields, given, wanted=wanted))
        except _ClashError as error:
            clashes.append(error)
    if not asked:
        raise clashes[0]
    first, *others = asked
    return tuple(demand for demand in first if all(demand in other for other in others))


def _joined(given: _Demands, demand: _Demand) -> _Demands:
    for other in given:
        if _exclude_each_other(other, demand):
            raise _ClashError(other[2], demand[2])
    return (*given, demand)


def _exclude_each_other(one: _Demand, other: _Demand) -> bool:
    match one, other:
        case (True, _, Is("lang", a)), (True, _, Is("lang", b)):
            return primary(a) != primary(b)
        case (True, _, Is("host", a)), (True, _, Is("host", b)):
            return not (_is_under(a, b) or _is_under(b, a))
        case (True, fields, a), (False, others, b):
            return a == b and set(fields) <= set(others)
        case (False, fields, a), (True, others, b):
            return a == b and set(others) <= set(fields)
        case _:
            return False


def _is_under(host: str, other: str) -> bool:
    host, other = (name.casefold().removeprefix("www.") for name in (host, other))
    return host == other or host.endswith(f".{other}")


def is_weighed(expr: Expr) -> bool:
    """Whether there is a `^` anywhere in `expr`."""
    match expr:
        case Boost():
            return True
        case And(parts) | Or(parts):
            return any(is_weighed(part) for part in parts)
        case Not(part) | In(part=part):
            return is_weighed(part)
        case Near(left, right):
            return is_weighed(left) or is_weighed(right)
        case Word() | Phrase() | Pattern() | Is() | Ref() | Everything():
            return False


def has_idle_weight(expr: Expr) -> bool:
    """Whether a `^` stands under a NOT, where nothing is counted."""
    match expr:
        case Not(part):
            return is_weighed(part)
        case And(parts) | Or(parts):
            return any(has_idle_weight(part) for part in parts)
        case In(part=part) | Boost(part=part):
            return has_idle_weight(part)
        case Word() | Phrase() | Near() | Pattern() | Is() | Ref() | Everything():
            return False


def most(expr: Expr) -> float:
    """What `expr` counts at most, where all of its clauses hold."""
    match expr:
        case And(parts) | Or(parts):
            return sum(most(part) for part in parts)
        case Not():
            return 0
        case In(part=part):
            return most(part)
        case Boost(part, weight):
            return weight * most(part)
        case Word() | Phrase() | Near() | Pattern() | Is() | Ref() | Everything():
            return 1
