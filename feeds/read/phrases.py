"""The phrases by which the press speaks to its readers instead of telling its story: en, uk, ru, pl.

Regular expressions without case. Those of `APPEALS` stand anywhere in a short line, unless they begin with `^`; the
others begin a line, after whatever marks (arrows, dashes, quotes) stand before its first word.
"""

from __future__ import annotations

CREDITS = (r"sources?\b", r"джерел[оа]\b", r"источники?\b", r"źródł[oa]\b", r"via\b")
"""Who is credited: never dropped, whatever else the line says."""

ELSEWHERE = (
    r"(?:read|see|watch|listen|learn)\s+(?:also|more|next|too)\b",
    r"(?:also|more)\s+(?:read|on\s+this)\b",
    (
        r"(?:related|recommended|further\s+reading|most\s+read|don['’]t\s+miss)"
        r"(?=\W*$|\s*:|\s+(?:articles|stories|news|topics))"
    ),
    r"(?:читайте|читай|дивіться|дивись|слухайте)\s+(?:також|ще|далі|за\s+темою)\b",
    r"також\s+(?:читайте|дивіться)\b",
    r"(?:читайте|читай|смотрите|слушайте)\s+(?:также|ещ[её]|далее|по\s+теме)\b",
    r"также\s+(?:читайте|смотрите)\b",
    r"(?:(?:матеріали\s+)?за\s+темою|(?:материалы\s+)?по\s+теме|на\s+цю\s+тему|на\s+эту\s+тему)(?=\W*$|\s*:)",
    r"(?:czytaj|przeczytaj|zobacz|sprawdź|posłuchaj|obejrzyj)\s+(?:też|także|również|więcej|dalej)\b",
    r"(?:polecamy|powiązane\s+artykuły)(?=\W*$|\s*:)",
)
"""A link to another article follows, in the same line or below."""

TEASERS = (
    r"(?:continue|keep)\s+reading\b",
    r"read\s+(?:more|on|the\s+full\s+(?:story|article|post)|full\s+(?:story|article))\b",
    r"(?:click|tap)\s+here\s+to\s+(?:read|continue|view)\b",
    r"to\s+read\s+this\s+article\s+in\s+full\b",
    r"(?:читати|читайте)\s+(?:далі|повністю|більше)\b",
    r"(?:читать|читайте)\s+(?:далее|дальше|полностью|больше)\b",
    r"(?:докладніше|детальніше|подробнее)(?=\W*$)",
    r"(?:czytaj|przeczytaj)\s+(?:dalej|więcej|całość|całą)\b",
)
"""The rest stands on the site; nothing follows but the site's name."""

TAILS = (
    r"the\s+post\b.{1,300}\bappeared\s+first\s+on\b.{1,80}$",
    r"(?:запис|публікація|стаття)\b.{1,300}\b(?:з['’ʼ]явив|з['’ʼ]явил)\w*\s+(?:спочатку|спершу|вперше)\b.{1,80}$",
    r"(?:сообщение|запись|статья)\b.{1,300}\bпоявил\w*\s+(?:сначала|впервые)\b.{1,80}$",
    r"(?:artykuł|wpis|post)\b.{1,300}\bpochodzi\s+z\s+(?:serwisu|portalu|strony)\b.{1,80}$",
)
"""What blog software writes under its entries."""

NOTICES = (
    r"(?:advertisement|advertising|sponsored|реклама|reklama)\W*$",
    r"(?:share|поділитися|поділитись|поделиться|udostępnij)(?=\W*$|\s+(?:this|on|via|with|у|в|на|w|na)\b).{0,40}$",
    r"(?:all\s+rights\s+reserved|усі\s+права\s+захищен|все\s+права\s+защищен|wszelkie\s+prawa\s+zastrzeżone)",
    r"©",
    r"(?:if\s+you\s+)?(?:notice|noticed|spot|spotted|found|find)\s+(?:an?\s+)?(?:error|mistake|typo)",
    r"(?:якщо\s+ви\s+)?(?:помітили|знайшли|побачили)\s+помилку",
    r"(?:если\s+вы\s+)?(?:заметили|нашли|увидели)\s+ошибку",
    r"(?:jeśli\s+)?(?:zauważy[łl]|znalaz[łl])\w*\s+błąd",
)
"""About the site, not the story."""

APPEALS = (
    r"^\W*support\s+us\W*$",
    r"\bbecome\s+(?:our|an?)\s+(?:patron|member|supporter|subscriber|sponsor)",
    r"\bfight\s+on\s+their\s+own\s+frontline\b",
    r"^\W*support\s+(?:ukrainska\s+pravda|our|the)\b.{0,60}\bpatron",
    r"\b(?:support|fund|back)\s+(?:our|independent|quality)\s+(?:journalis|work|newsroom|reporting|media)",
    r"^\W*(?:please\s+)?(?:donate|make\s+a\s+donation|buy\s+us\s+a\s+coffee)\b",
    r"^\W*(?:subscribe|sign\s+up|join)\b.{0,60}\b(?:newsletter|telegram|channel|whatsapp|viber|patreon|club)\b",
    r"^\W*follow\s+us\b",
    r"^\W*(?:підтримай|підтримати|підтримайте|підтримуйте)\b.{0,40}(?:нас|редакці|журналіст|видання|нашу\s+роботу)",
    r"\b(?:стань|станьте|ставай|ставайте)\s+(?:нашим\w*\s+)?(?:патрон|спонсор|учасни|член)",
    r"\b(?:долучайтеся|долучайтесь|приєднуйтеся|приєднуйтесь|вступайте)\s+до\s+(?:нашо|клуб|спільнот)",
    (
        r"\b(?:підписуйтесь|підписуйтеся|підписуйся|підпишіться|підпишись|стежте\s+за|читайте\s+нас)\b"
        r".{0,80}(?:telegram|телеграм|канал|viber|facebook|instagram|розсилк|\bнас\b|новинами)"
    ),
    r"^\W*(?:поддержи|поддержать|поддержите)\b.{0,40}(?:нас|редакци|журналист|издание|нашу\s+работу)",
    r"\b(?:стань|станьте|становитесь)\s+(?:нашим\w*\s+)?(?:патрон|спонсор|участник|член)",
    r"\b(?:присоединяйтесь|вступайте)\s+(?:к|в)\s+(?:наш|клуб|сообществ)",
    (
        r"\b(?:подписывайтесь|подпишитесь|подписывайся|следите\s+за|читайте\s+нас)\b"
        r".{0,80}(?:telegram|телеграм|канал|viber|facebook|instagram|рассылк|\bнас\b|новостями)"
    ),
    r"^\W*(?:wesprzyj|wspieraj|wspomóż)\b.{0,40}(?:\bnas\b|redakcj|dziennikar|niezależn|naszą\s+pracę)",
    r"\bzostań\s+(?:naszym\s+)?(?:patron|subskryben|członki)",
    (
        r"^\W*(?:zapisz\s+się|subskrybuj|dołącz|obserwuj|śledź|polub)\b"
        r".{0,60}(?:newsletter|kanał|telegram|facebook|twitter|whatsapp|google|\bnas\b)"
    ),
)
"""Calls to pay, to subscribe, to follow."""
