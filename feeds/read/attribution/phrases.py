"""The words that credit, by language, as patterns. What each means is said in `feeds.read.attribution.cues`."""

from __future__ import annotations

import re

_MOST_BETWEEN = 6
"""Words between a cue and a name: "citing the influential German daily newspaper"."""

# Between a cue and a name stand its kind and its country.
_KINDS_LATIN = (
    "the|a|an|our|its|by|in|on|for|with|of|colleagues|at|local|national|international|foreign|independent|influential|"
    "popular|conservative|leading|state|state-owned|state-run|state-controlled|state-backed|official|semi-official|"
    "government-owned|private|public|business|financial|daily|weekly|evening|news|newspaper|newspapers|paper|tabloid|"
    "broadsheet|magazine|agency|agencies|newswire|wire|service|broadcaster|channel|television|TV|radio|station|network|"
    "outlet|outlets|website|site|portal|publication|trade|tech|technology|sports|gaming|blog|reporters?|journalists?|"
    "correspondents?|sources?|host|anchor|both|via|US|U\\.S\\.|UK|U\\.K\\.|British|American|German|French|Russian|"
    "Ukrainian|Polish|Chinese|Japanese|Israeli|Turkish|Italian|Spanish|Dutch|Swedish|Norwegian|Danish|Finnish|Indian|"
    "Iranian|Australian|Canadian|Korean|Qatari|Saudi|Lebanese|Syrian|Palestinian|Estonian|Latvian|Lithuanian|Czech|"
    "Hungarian|Romanian|Greek|Serbian|Belarusian|Swiss|Austrian|Belgian|Brazilian|Afghan|Pakistani|Emirati|Kuwaiti|"
    "on|[A-Z][a-z]+day|today|yesterday|South|North|Hong|Kong|London-based|Kyiv-based|Qatar-based|Moscow-based|"
    "[A-Z][a-z]+(?:'s|’s)|[a-z]+-based|\\w+(?= (?:radio|TV|television|newspaper|station|magazine|daily|tabloid|news|"
    "broadcaster|website|paper) )|"
    # Polish
    "agencj[aięąe]|agencji|portal\\w{0,4}|dziennik\\w{0,4}|gazet\\w{1,2}|tygodnik\\w{0,4}|stacj\\w{1,2}|"
    "telewizj\\w{1,2}|"
    "serwis\\w{0,4}|magazyn\\w{0,4}|tabloid\\w{0,4}|rozgłośni\\w?|kanał\\w{0,3}|anten\\w{1,2}|łamach|stroni?e?|"
    "reporter\\w{0,4}|"
    "dziennikarz\\w{0,4}|dziennikar\\w{1,3}|korespondent\\w{0,4}|informacyjn\\w{1,3}|prasow\\w{1,3}|państwow\\w{1,3}|"
    "lokaln\\w{1,3}|niezależn\\w{1,3}|\\w{3,20}(?:ski|ska|skie|skiego|skiej|ską|skim|skiemu|cki|cka|ckie|ckiego|"
    "ckiej|cką)|"
    "w|we|na|z|ze|dla|o|od|przez|m\\.in\\.|mediów|nieoficjalnie|zarówno|najnowsz\\w{1,3}|wydaniu|"
    "poniedziałek|wtorek|środę|czwartek|piątek|sobotę|niedzielę|dziś|"
    "dzisiaj|wczoraj|"
    "[a-z]{3,}(?:ed|al|ing|ive|ful|ar|ic|ent|ory)"
)
_KINDS_CYRILLIC = (
    "ИА|ІА|РИА|ГТРК|ТРК|МИА|РИАА|паблик\\w{0,2}|радиостанци\\w{1,2}|радіостанці\\w{1,2}|[Тт]елеграмм-канал\\w{0,3}|"
    "агентств\\w{0,3}|агенці\\w{1,2}|информагентств\\w{0,3}|інформагентств\\w{0,3}|издани\\w{1,3}|видання\\w{0,2}|"
    "виданн\\w{1,2}|газет\\w{1,3}|портал\\w{0,3}|сайт\\w{0,3}|телеканал\\w{0,3}|канал\\w{0,3}|радио\\w{0,8}|"
    "радіо\\w{0,8}|"
    "журнал\\w{0,3}|телекомпани\\w{1,2}|интернет-\\w+|онлайн-\\w+|інтернет-\\w+|[Тт]елеграм-канал\\w{0,3}|"
    "Telegram-канал\\w{0,3}|"
    "корреспондент\\w{0,3}|кореспондент\\w{0,4}|журналист\\w{0,4}|журналіст\\w{0,4}|редакци\\w{1,2}|редакці\\w{1,2}|"
    "СМИ|ЗМІ|"
    "собственн\\w{1,3}|источник\\w{0,4}|джерел\\w{0,3}|материал\\w{0,3}|публикаци\\w{1,2}|стать\\w{1,2}|"
    "статт\\w{1,2}|эфир\\w{0,2}|"
    "сегодня|вчера|сьогодні|в|во|на|у|з|с|со|для|и|із|зі|"
    "[а-яёіїєґ]{3,16}(?:[оеи]е|ая|ый|ий|[оеи]го|ой|[оеи]му|ую|[иы]м|[иы]х|[иы]е|ська|ське|ської|ській|ську|ський|не|"
    "на|ної|ній)"
)

_EN_NOUNS = (
    r"(?:interview|conversation|chat|comments?|remarks?|statement|reports?|reporting|article|stor(?:y|ies)|op-?ed|"
    r"essay|column|"
    r"piece|commentary|investigation|analysis|letter|post|e-?mail(?:ed)?|briefing|appearance|exclusive|"
    r"editorial|"
    r"podcast|segment|dispatch|survey|review)"
)


_SPOKE_POLISH = (
    r"(?:powiedzia|mówi|zapowiedzia|stwierdzi|oceni|przyzna|wyjaśni|opowiedzia|komentowa|odpowiedzia|wypowiedzia|"
    r"poinformowa|przekaza|podkreśli|zapewni|oświadczy|doda)\w{0,5}\b"
)
_KINDS_POLISH = "agencj|dziennik|portal|stacj|gazet|tygodnik|telewizj|serwis|redakcj|nadawc|edycj"
_SAYS_POLISH = (
    r"(?:podał|podaj|pisz|napisa|inform|poinform|donos|przekaz|cytowa|zacytowa|opisuj|zauważ|twierdz|ustali)\w{0,7}\b"
)

_LATIN = {
    "via": (
        "via", "h/t", "hat tip to", "republished by",
    ),
    "cited": (
        "citing", "cites?", "cited", "quoting", "with reference to", "referring to", "referencing", "crediting",
        "powołując[ay]?m? się na", "powołują?e? się na", "powołał[aoy]? się na", "za pośrednictwem", "powołaniu na",
    ),
    "relays": (
        r"(?:reported|relayed|quoted|carried|cited|broken|spotted|noticed|uncovered|unearthed)(?: \w+){0,2} by",
        "according to",
        "cytuje", r"cytowan\w{1,3} (?:\w+ ){0,2}przez", "za", "relacjonuje", "przekazuje",
    ),
    "told": (
        ("(?:told|tells?|telling|assured|informed|speaking to|spoke to|spoken to|speaks to|talking to|talked to|"
        "interviewed by)"),
        (r"(?:interview|conversation|chat|comments?|remarks?|statement|reports?|reporting|article|stor(?:y|ies)|"
        r"op-?ed|essay|column|piece|commentary|investigation|analysis|letter|post|e-?mail(?:ed)?|briefing|"
        r"appearance|exclusive|editorial|podcast|segment|dispatch|survey|review) (?:\w+ )?(?:with|to|"
        r"for|on|in|by|from|published (?:by|in|on))"),
        (r"(?:said|says|saying|speaking|spoke|appeared|appearing|wrote|writes|writing|written|published|aired|"
        r"broadcast|revealed|obtained|seen|reviewed|confirmed|posted|featured|interviewed|announced|provided|"
        r"viewed|shared) (?:\w+day |this week |today )?(?:to|by|in|with|on|for)"), "reported (?:in|on)",
        (r"(?:confirmed|statement|comments?|commented|e-?mail(?:ed)?|letter|message|said|spoke|disclosed|"
        r"revealed|explained|described)(?: [\w'’]+){0,5} to"), "per", "courtesy of",
        "(?:originally|first) (?:appeared|published|reported) (?:on|in|at|by)", "subscribers? of",
        (r"(?:said|says|told|asked|argued|claimed|warned|appeared|interviewed|explained|insisted|predicted|spoke)"
        r"\b[^.!?\n]{0,40} (?:\w+day|morning|night|evening|week) on"),
        (r"(?:according to|reported by|told|reported in|interview with)\b[^.!?\n]{0,50}"
        r"(?= (?:newspaper|news agency|magazine|website|broadcaster|daily|tabloid|news site|outlet|channel)s? )"),
        "fuente de la información",
        r"(?:rozmow\w{1,2}|wywiad\w{0,4})(?: \w+){0,2}(?: (?:z|ze|dla|w))?", "wypowiedzi dla",
        "według", "wg", "zdaniem", r"(?:informacji|ustaleń|doniesień)(?: \w+ych)?", r"udzielił\w{0,2}(?: wywiadu)?",
        _SPOKE_POLISH + r"[^.!?\n]{0,60} (?:w|we|na antenie|do dziennikarza)",
        "na antenie", "na łamach",
        (r"(?:powiedzia\w{1,4}|mówi\w{0,3}|przekaza\w{1,4}|poinformowa\w{1,4}|przyzna\w{1,3}|wyjaśni\w{1,3}|"
        r"ocenił[aoy]?|komentował[aoy]?|tłumaczył[aoy]?|dodał[aoy]?|stwierdził[aoy]?|zapewnił[aoy]?|"
        r"opowiedzia\w{1,3}|usłysz\w{1,4})"),
        r"(?:gości\w{1,3}|program\w{1,3}|rozmów\w{1,3}|artyku\w{1,3}|czytamy|komentarz\w{0,2}) (?:w|na|dla|dniu)",
        "laut", "berichtete?n?", "meldete?", "sagte", "selon", "según", "secondo", "gegenüber",
    ),
    "says": (
        _SAYS_POLISH + r"[^.!?\n]{0,50}(?= (?:" + _KINDS_POLISH + "))",
        r"(?:reports?|writes|wrote|reported)(?!\s+(?:for|in|on|with|at))", "podaje", "podają", "podał[aoy]?", "pisze",
        "piszą", "pisał[aoy]?", "napisał[aoy]?", "informuje", "informują", "informował[aoy]?", "donosi", "donoszą",
        "donió?o?sł[aoy]?", "relacjonuje", "opisuje", "opisał[aoy]?", "ustalił[aoy]?", "zauważa", "alarmuje",
        "przypomina", "publikuje", "opublikował[aoy]?", "dowiedział[aoy]? się", "komentuje", "twierdzi", "wylicza",
        "podkreśla", "wskazuje", "zwraca uwagę", "dodaje", "czytamy", "ujawnił[aoy]?", "ujawnia", "wynika",
    ),
}  # fmt: skip
_CYRILLIC = {
    "via": (
        "по материалам", "за матеріалами",
    ),
    "cited": (
        "со ссылкой на", "ссылаясь на", "ссылается на", "ссылаются на", "сославшись на", "[зіi]?з? ?посиланням на",
        "посилаючись на", "посилається на", "посилаються на",
    ),
    "relays": (
        "переда[её]т", "переда[юл][тио]?", "передал[аои]?", "цитирует", "приводит слова", r"слова \w+ приводит",
        "передає", "передають", "цитує", "наводить слова",
    ),
    "told": (
        "источник(?= ?[—:-])", "джерело(?= ?[—:-])",
        "по (?:данным|информации|сообщени[юям]+|версии|словам)", "согласно", r"сообщени[июя]\w?",
        r"в (?:интервью|комментари\w+|беседе|разговоре|эфире|программе|статье|колонке|материале)(?: с| для)?",
        r"(?:интервью|комментари[ийея]\w?) (?:для )?", "за (?:даними|інформацією|повідомленням|словами)", "згідно з",
        "даними", "на (?:теле)?канал[еі]", "на сайт[еі]", "на портал[еі]",
        (r"(?:сообща|сообщи|переда|пиш|написа|информиру|отмеча|повідомля|повідоми)\w{0,5} [^.!?\n]{0,50}"
        r"(?= (?:агентств|издани|газет|портал|телеканал|журнал|видання|агенці))"),
        (r"(?:рассказал|сообщил|заявил|пояснил|подтвердил|отметил|"
        r"уточнил)\w{0,2} [^.!?;\n]{3,80}(?<![^\W\d_])(?-i:[А-ЯЁ][а-яё]+)(?= \S*\Z)"),
        (r"(?:розпові|повідоми|заяви|поясни|підтверди|зазначи|"
        r"уточни)[влі]\w{0,2} [^.!?;\n]{3,80}(?<![^\W\d_])(?-i:[А-ЯІЇЄҐ][а-яіїєґ]+)(?= \S*\Z)"),
        "[ву] (?:інтерв[’'ʼ]ю|коментарі|розмові|ефірі|програмі|статті|колонці|матеріалі)(?: з| із| для)?",
        ("(?:рассказал|заявил|сообщил|пояснил|подтвердил|объяснил|поделил|отметил|уточнил|признал)(?:а|и|о|ся|"
        "ась|ись)?"),
        ("(?:розповів|розповіла|розповіли|заявив|заявила|повідомив|повідомила|повідомили|пояснив|пояснила|"
        "підтвердив|підтвердила|підтвердили|зазначив|зазначила)"),
    ),
    "says": (
        "сообща[ею]т(?:ся)?", "сообщал[аои]?", "пиш[еу]т", "писал[аои]?", "написал[аои]?", "отмеча[ею]т",
        "информиру[ею]т", "уточня[ею]т", r"расска[жз]\w{1,5}", "публику[ею]т", "опубликовал[аои]?", "узнал[аои]?",
        "выяснил[аои]?", "утверждает", "добавля[ею]т", "дода[єю]т?ь?",
        "говорится", "стало известно", r"обратил\w? внимание", "напомина[ею]т",
        "подч[её]ркива[ею]т", "указывает", r"проинформировал\w?", r"повідомля[єю]\w{0,2}", "повідомлял[аои]?",
        "пише", "пишуть", "написав", "писав", r"інформу[єю]\w{0,2}", r"розповіда[єю]\w{0,2}", r"публіку[єю]\w{0,2}",
        "опублікува[вл][аои]?", "дізнал[аои]с[ья]", "йдеться", r"зазнача[єю]\w{0,2}", "стверджує", "наголошує",
        "з[’'ʼ]ясував", "з[’'ʼ]ясувал[аои]", "нагадує",
    ),
}  # fmt: skip


def _before(cues: dict[str, tuple[str, ...]], between: str) -> re.Pattern[str]:
    kinds = (rf"(?P<{kind}>{'|'.join(patterns)})" for kind, patterns in cues.items())
    fill = rf"(?:(?:{between})\s+){{0,{_MOST_BETWEEN}}}[«»„“”\"'‘’(]{{0,2}}"
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(kinds)})[\s:–—-]+{fill}\Z", re.IGNORECASE)


BEFORE = _before(_LATIN, _KINDS_LATIN)
"""Cues before a name, by the name of the `Cue` as group: the decisive ones first."""
BEFORE_CYRILLIC = _before(_CYRILLIC, _KINDS_CYRILLIC)
CYRILLIC = re.compile("[а-яіїєґ]")

_GAP = (
    r"[»“”\"'’]{0,2}(?:\s*\([^()]{1,40}\))?(?:['’]s?)?"
    r"(?:,?\s+(?:newspaper|news agency|news|agency|magazine|website|site|channel|TV|television|broadcaster|"
    r"correspondent|"
    r"reporter|reporters|journalist|also|first|has|had|have|is|was|later|earlier|previously|exclusively|recently|who|"
    r"which|on|in|an?|"
    r"the|its|this|last|that|today|yesterday|week|month|\w+day|\w+ly|[A-Z]\w+|\d+|w|we|wtorek|środę|dniu|już|jako|"
    r"в|во|у|также|ранее|раніше|також|накануне|уже|вже|первым\w?|\w+у|\w+цу)){0,4}?,?\s+"
)
BEHIND = re.compile(
    _GAP + r"(?i:report(?:s|ed|ing)?|writes?|wrote|broke|reveal(?:s|ed)|learn(?:ed|t)|understands|note[sd]?|quote[sd]?|"
    r"publish(?:es|ed)|said|says|states?|stated|cites?|cited|obtained|interview|interviewed|"
    r"reporter (?:witnessed|saw)|wywiadu|"
    r"described|discovered|"
    r"disclosed|"
    r"pointed out|was told|seen|contributed to (?:this|the)|article|investigation|story|exclusive|analysis|op-ed|"
    r"found that|claims?|claimed|asked|suggest(?:s|ed)|"
    r"estimate[sd]|calls|called it|recount(?:s|ed)|citing|quoting|referencing|crediting|со ссылкой|ссылаясь|"
    r"ссылается|сославшись|"
    r"[зі]?з? ?посиланням|посилаючись|посилається|powołując|powołuje|cytując|"
    r"сообща\w{2,5}|сообщил\w?|переда[её]т|переда[юл]\w?|передал[аои]?|пиш[еу]т|написал[аои]?|узнал[аои]?|"
    r"выяснил[аои]?|отмеча[ею]т|"
    r"опубликовал[аои]?|публикует|уточняет|рассказал[аои]?|рассказыва[ею]т|цитиру[ею]т|приводит|утвержда\w{2,3}|"
    r"заявил[аои]?|стало известно|"
    r"писал[аои]?|удалось (?:узнать|выяснить)|обнародовал[аои]?|пояснил[аои]?|подтвердил[аои]?|напомина[ею]т|"
    r"подч[её]ркива[ею]т|добавля[ею]т|"
    r"повідомля[єю]\w{0,2}|повідоми\w{1,2}|переда[єв]\w{0,2}|пише|пишуть|написа[вл]\w?|дізнал\w{1,3}|"
    r"зазнача[єю]\w{0,2}|"
    r"опублікува[вл]\w?|розпові\w{1,3}|стверджу[єю]\w{0,2}|цитує|з[’'ʼ]ясува[вл]\w?|"
    r"podał[aoy]?|podaje|podają|pisze|piszą|napisał[aoy]?|informuje|informował[aoy]?|poinformował[aoy]?|donosi|"
    r"donió?o?sł[aoy]?|ustalił[aoy]?|"
    r"opisuje|opisał[aoy]?|relacjonuje|przekazał[aoy]?|dowiedział[aoy]? się|ujawnił[aoy]?|cytuje|publikuje|"
    r"opublikował[aoy]?|zauważa|dotarł[aoy]?|"
    r"przypomina|twierdzi|zwraca uwagę|berichte\w{1,2}|meldet\w?|schreibt|rapporte|reporta|informa|informó)\b"
)
"""What an outlet does that is credited."""
BY_OTHERS = re.compile(
    r"[»“”\"'’]{0,2}(?:,? (?:reports?|reported|writes|wrote|said|says|пишет|сообщает|передает|сообщил[аои]?|пише|"
    r"повідомляє|передає|"
    r"podaje|informuje|donosi|pisze))?(?:,? (?:on|в|у|w) \w+)?,?\s+(?:citing|quoting|with reference to|quoted|cited|"
    r"cites|"
    r"со ссылкой на|ссылаясь на|ссылается на|[зі]?з? ?посиланням на|посилаючись на|powołując\w? się na|"
    r"powołuje się na|za)"
    r"(?:\s+(?:the|its|a|an|own|local|\w+ski|\w+ską|\w+n|[а-яіїє]+(?:ое|ый|ую|ий|ську|ське|ський))){0,3}\s+"
    r"(?:newspapers?|news agency|agency|magazine|broadcaster|outlets?|media|газету|издани\w|агентство|телеканал|"
    r"журнал|СМИ|видання|"
    r"агенці\w|ЗМІ|gazetę|agencję|dziennik|portal|media)\b"
)
"""It relies on another outlet, whichever."""
SUBJECT = re.compile(
    r"(?:['’]s?)?\s+(?:\w+\s+){0,2}?(?:said in a statement|said (?:it|its|they|he|she) (?:was|is|had|has|would|will|"
    r"were)|reporters? (?:who|was|were|said|[A-Z]\w+ [A-Z]\w+ (?:spoke|joins|discusses|has been))|"
    r"announced|fired|hired|employees?|staff(?:ers)?|anchor|host|executives?|spokes\w+|chief|CEO|owner|shares|"
    r"viewers|poll|layoffs)\b"
)
"""It is what the news is about."""
SOURCE_LINE = re.compile(
    r"\s*(?:(?:Source|Sources|Джерел[оа]|Источник[и]?|Źródł[oa]|Quelle|Via|HT|Hat tip)\s*[:–—-]|Źródło )", re.IGNORECASE
)
FORGOTTEN = re.compile(
    r"\s*(?:The post|Illustration|Illustrator|Graphic|Credit|Courtesy|Screenshot|Getty|Photo|Image|Picture|Video|"
    r"Фото|Фотография|Видео|Відео|Иллюстрация|Fot\.|Foto|Zdjęcie|Read (?:also|more|next)|Also read|"
    r"See also|More from|Related|Follow us|Subscribe|Sign up|Читайте|Читать|Подпис|Підпис|Czytaj|Zobacz|Przeczytaj|"
    r"Copyright|©)\b",
    re.IGNORECASE,
)
"""Lines that name outlets and credit nobody."""
LISTED = re.compile(
    rf"[»“”\"'’)]{{0,2}}\s*(?:,|/|&|and|or|und|et|y|и|та|і|й|oraz|,? and|,? а также|,? i)\s*(?:(?:{_KINDS_LATIN}|"
    rf"{_KINDS_CYRILLIC})\s+){{0,4}}[«„“\"'‘]?"
)
CLASS_NOUN = re.compile(
    r"(?:agency|newspaper|daily|tabloid|broadcaster|channel|magazine|outlet|website|agencj\w|portal\w{0,3}|"
    r"dziennik\w{0,4}|"
    r"gazet\w{1,2}|tygodnik\w{0,4}|magazyn\w{0,3}|stacj\w|издани\w{1,3}|видання\w?|агентств\w{0,2}|газет\w{1,2}|"
    r"журнал\w{0,2}|"
    r"телеканал\w{0,2}|канал\w{0,2}|ИА|told|citing|according to|told the|by the|interview with|"
    r"interview to)\s+[«„“\"']?\Z",
    re.IGNORECASE,
)
"""What says that an ambiguous name is an outlet's."""
DATELINE = re.compile(
    r"(?P<opened>(?:^|(?P<place>(?<!\w)[A-ZÀ-ÞА-ЯІЇЄ][^()/.\n]{1,40})|[-–—] ?|\d ?|"
    r"[.,] ?)[(/\[] ?(?:[A-Z][\w/]+/)?)\Z|(?P<plain>(?:^|[-–—] ?|[.,\d] ?))[«„\"]?\Z"
)
DATELINE_CLOSED = re.compile(r"(?:[/,][\w .]+)?[»“\"]? ?[)/\]]+ ?(?P<dash>[-–—:])?")
DATELINE_DASHED = re.compile(r"[»“\"]?(?:, \w+ \d+)? ?(?:\.? ?[-–—] |\. (?=[A-ZА-ЯЁІЇЄҐŁŚŻ]))")
EMPLOYED = re.compile(
    r"(?:writer|reporter|journalist|editor|columnist|correspondent|anchor|host|analyst|employee|executive|"
    r"redaktor\w*|prezes|szef)s?"
    r"(?: (?:at|for|of|with|naczelny|naczelna))? (?:the )?\Z",
    re.IGNORECASE,
)
"""Somebody of the outlet does what stands behind its name."""
BESIDE = (" -", "- ", " –", "– ", " —", "— ", " |", "| ", ": ", "/ ", " /", " (", "//")

CLOSELY = re.compile(
    r"(?<![^\W_])(?:told|citing|quoting|via|according to|(?:interview|report|story|article) (?:with|by|in|from|to)|"
    r"reported by|сообщает|"
    r"пишет|передает|передаёт|цитирует|со ссылкой на|ссылаясь на|передає|пише|повідомляє|посиланням на|коментарі|"
    r"інтерв[’'ʼ]ю|розмові з|комментарии|интервью|беседе с|повідоми[влаи]{1,3}|сообщил[аи]?|podaje|pisze|informuje|"
    r"donosi|"
    r"powołując się na|rozmowie z|rozmowie dla|wywiadzie dla|w)(?: the| а| an)? [«„“\"]?\Z",
    re.IGNORECASE,
)
CLOSELY_BEHIND = re.compile(r"(?:['’]s)? (?i:reported|reports|cites|wrote|writes)\b|, citing\b")
CLOSELY_BEHIND_CAPITALS = re.compile(r"(?:['’]s)? (?i:report\w{0,3}|said|says|interview|investigation)\b")
PICTURED = re.compile(
    r"(?:image|photo\w{0,7}|pictured?|screenshot|illustration|footage|getty|©|фото|fot\.?|zdjęcie|zdj\.)[^.\n]{0,30}?"
    r"(?:via|by|credit|courtesy of|from|images?|[:/])\s*(?:the )?\Z|\([^()]*\w/\s*\Z|"
    r"(?:\)|/\w{1,20}|\([^()]*\w[^()]*) ?/?via (?:the )?\Z|(?:photo|pictured|seen|shown|shows)\b.{0,80}\([^()]*\Z|"
    r"(?:19|20)\d\d\. \(\Z",
    re.IGNORECASE,
)
"""Whose the picture is."""
