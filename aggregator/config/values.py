"""What a single value of a config may be: its form, as pydantic checks it.

Checks raise ValueError with a sentence for the author of the file.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, ValidationInfo, WithJsonSchema

from aggregator.codes import Code, of_line
from aggregator.config import addresses
from aggregator.config.flaws import Refusal, listed, meant
from aggregator.config.ids import ID, LONGEST, check_id
from aggregator.config.languages import ANY, check_key, check_primary, check_tag
from aggregator.config.quantities import DURATION, DURATION_FORM, SIZE, SIZE_FORM, read_duration, read_size
from aggregator.config.zones import check_zone
from feeds.errors import QueryError
from feeds.query.expr import Query
from feeds.query.syntax import parse_query

TEXT_FORM = 'write text in quotes: "…"'
STANDS = {bool: "true or false", int: "a number alone", float: "a number alone", list: "a list", dict: "a table"}


def _from_text(read: Callable[[str], object], code: Code, form: str = TEXT_FORM) -> BeforeValidator:
    """Read the value from a string with `read`; anything else is told what form is wanted."""

    def check(value: object) -> object:
        if not isinstance(value, str):
            stands = STANDS.get(type(value), "a date or time")
            raise Refusal(Code.TYPE, f"{stands} cannot stand here; {form}")
        try:
            return read(value)
        except ValueError as error:
            raise Refusal(code, str(error)) from error

    return BeforeValidator(check)


def _or_empty(read: Callable[[str], object], otherwise: object, code: Code, form: str = TEXT_FORM) -> BeforeValidator:
    """The same, with `otherwise` for an empty string, which stands for «not given»."""
    return _from_text(lambda text: read(text) if text else otherwise, code, form)


def _form(pattern: str) -> dict[str, object]:
    """The JSON Schema of a text that `pattern` takes whole: what an editor can know without us."""
    return {"type": "string", "pattern": f"^(?:{pattern})$"}


def _read_uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ValueError(f'"{text}" is no UUID; write id = "" and one is made and kept in the store') from None


TITLE_FORM = "a title has at least one letter"


def _read_title(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError(TITLE_FORM + (", and no line breaks" if text.strip() else "; this is empty"))
    return text.strip()


def _read_outlet_name(text: str) -> str:
    if sum(letter.isalnum() for letter in text) < 2 or not text.isprintable():
        raise ValueError("the name of an outlet needs at least two letters and no line breaks")
    return " ".join(text.split())


def _lines_by_language(value: object) -> object:
    """A plain list, or a single line, means `any`."""
    match value:
        case str():
            return {ANY: [value]}
        case list():
            return {ANY: value}
        case _:
            return value


def _read_query(value: object) -> Query:
    if not isinstance(value, str):
        raise Refusal(Code.TYPE, f"a line of a topic is text; {TEXT_FORM}")
    try:
        return parse_query(value)
    except QueryError as error:
        raise Refusal(of_line(error), str(error), offset=error.offset) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a topic may name: pydantic's context while topics are read."""

    sources: AbstractSet[str]
    """Ids."""
    tags: AbstractSet[str]
    names: AbstractSet[str] = frozenset()
    """Of sources, as the config gives them."""
    topics: AbstractSet[str] = frozenset()
    """Ids, those of broken tables too."""


def _known_source(name: str, info: ValidationInfo[Known]) -> str:
    known = info.context.sources
    if name not in known:
        hint = meant(name, known) or f"; the sources are {listed(sorted(known)) or 'none'}"
        raise Refusal(Code.NOT_THERE, f'there is no source "{name}"{hint}')
    return name


def _known_tag(name: str, info: ValidationInfo[Known]) -> str:
    known = info.context.tags
    if name not in known:
        hint = meant(name, known) or f"; the tags are {listed(sorted(known)) or 'none'}"
        raise Refusal(Code.NOT_THERE, f'no source has the tag "{name}"{hint}')
    return name


def _read_token(text: str) -> str:
    if not text.startswith("env:") or not text[4:]:
        raise ValueError('a token is a secret, so it comes from an environment variable: write "env:" and its name')
    return text


LANGUAGE = "[A-Za-z]{2,3}"
ADDRESS = r"https?://[^\s/?#@]+"
PORT = "[0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
KEY_FORM = _form(f"any|{LANGUAGE}")
LINE_FORM = {"type": "string", "pattern": r"\S"}
LINES_FORM = {"type": "array", "items": LINE_FORM, "minItems": 1}

Id = Annotated[str, _from_text(check_id, Code.ID), WithJsonSchema({**_form(ID.pattern), "maxLength": LONGEST})]
Title = Annotated[str, _from_text(_read_title, Code.TEXT), WithJsonSchema(_form(r".*\S.*"))]
Url = Annotated[str, _from_text(addresses.check_web_url, Code.URL), WithJsonSchema(_form(rf"{ADDRESS}(?:[/?#]\S*)?"))]
Host = Annotated[
    str,
    _from_text(addresses.check_host, Code.HOST),
    WithJsonSchema(_form(r"(?:[A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]*")),
]
OutletName = Annotated[str, _from_text(_read_outlet_name, Code.TEXT), WithJsonSchema(_form(".{2,}"))]
Duration = Annotated[
    timedelta, _from_text(read_duration, Code.DURATION, DURATION_FORM), WithJsonSchema(_form(DURATION.pattern))
]
MaybeDuration = Annotated[
    timedelta | None,
    _or_empty(read_duration, None, Code.DURATION, DURATION_FORM),
    WithJsonSchema(_form(f"|{DURATION.pattern}")),
]
Size = Annotated[int, _from_text(read_size, Code.SIZE, SIZE_FORM), WithJsonSchema(_form(SIZE.pattern))]
Primary = Annotated[str, _from_text(check_primary, Code.LANGUAGE), WithJsonSchema(_form(LANGUAGE))]
Word = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(ge=1, le=1000)]  # of entries in a feed: readers load all of it at every change
Score = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
Line = Annotated[Query, PlainValidator(_read_query), WithJsonSchema(LINE_FORM)]
Lines = Annotated[
    dict[Annotated[str, _from_text(check_key, Code.LANGUAGE)], Annotated[list[Line], Field(min_length=1)]],
    BeforeValidator(_lines_by_language),
    WithJsonSchema(
        {
            "anyOf": [
                LINE_FORM,
                LINES_FORM,
                {"type": "object", "propertyNames": KEY_FORM, "additionalProperties": LINES_FORM},
            ]
        }
    ),
]
SourceName = Annotated[str, AfterValidator(_known_source)]
TagName = Annotated[str, AfterValidator(_known_tag)]

BaseUrl = Annotated[
    str, _from_text(addresses.check_base_url, Code.URL), WithJsonSchema(_form(rf"{ADDRESS}(?:/[^\s?#]*)?"))
]
Contact = Annotated[
    str, _or_empty(addresses.check_contact, "", Code.CONTACT), WithJsonSchema(_form(r"|mailto:\S*@\S*|https:\S+"))
]
MaybeUuid = Annotated[
    UUID | None,
    _or_empty(_read_uuid, None, Code.UUID),
    WithJsonSchema(_form(r"|(?:urn:uuid:|\{)?[0-9A-Fa-f-]{32,36}\}?")),
]
Listen = Annotated[
    tuple[str, int],
    _from_text(addresses.read_listen, Code.LISTEN, addresses.LISTEN_FORM),
    WithJsonSchema(_form(rf"(?:\[[^\s\]]+\]|[^\s:]+):0*(?:{PORT})")),
]
Hub = Annotated[str, _or_empty(addresses.check_hub, "", Code.URL), WithJsonSchema(_form(r"|own|https?://\S+"))]
Proxy = Annotated[str, _or_empty(addresses.check_proxy, "", Code.URL), WithJsonSchema(_form(r"|https?://\S+"))]
_ESCAPE = "%[0-9A-Fa-f]{2}"
StorePlace = Annotated[
    tuple[str, str],
    _from_text(addresses.read_store, Code.STORE, addresses.STORE_FORM),
    WithJsonSchema(_form(rf"tinydb:.*\S.*|postgres(?:ql)?://(?:(?:[^\s#@/?%]|{_ESCAPE})*@)?(?:[^\s#@%]|{_ESCAPE})+")),
]
Token = Annotated[str, _or_empty(_read_token, "", Code.SECRET), WithJsonSchema(_form("|env:.+"))]
MaybeId = Annotated[
    str, _or_empty(check_id, "", Code.ID), WithJsonSchema({**_form(f"|{ID.pattern}"), "maxLength": LONGEST})
]
MaybeTitle = Annotated[str, _or_empty(_read_title, "", Code.TEXT), WithJsonSchema(_form(r"|.*\S.*"))]
MaybeTag = Annotated[
    str, _or_empty(check_tag, "", Code.LANGUAGE), WithJsonSchema(_form(f"|{LANGUAGE}(?:-[A-Za-z0-9]{{2,8}})*"))
]
MaybeZone = Annotated[str, _or_empty(check_zone, "", Code.ZONE), WithJsonSchema({"type": "string"})]
