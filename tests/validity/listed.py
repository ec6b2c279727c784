"""Every message of the W3C Feed Validator, and which of them none of our documents can get, and why.

The names are the classes of its `feedvalidator/logging.py` (errors, warnings, advice), and what its folder `docs` has
beyond them. Each has a rule in one of the modules beside this one, or a line here.
"""

from __future__ import annotations

_ALL = """
SAXError WPBlankLine UnicodeError MissingNamespace NotInANamespace UseOfExtensionAttr UndefinedNamedEntity
InvalidRSSVersion UndefinedElement NoBlink NoThrWhen MissingAttribute UnexpectedAttribute DuplicateElement
NotEnoughHoursInTheDay EightDaysAWeek InvalidValue InvalidContact UnknownHost InvalidAddrSpec InvalidLink UriNotIri
InvalidIRI InvalidFullLink InvalidUriChar InvalidISO8601Date InvalidISO8601DateTime InvalidW3CDTFDate
InvalidRFC2822Date IncorrectDOW InvalidRFC3339Date InvalidURIAttribute InvalidURLAttribute InvalidIntegerAttribute
InvalidBooleanAttribute InvalidMIMEAttribute InvalidInteger InvalidPercentage InvalidNonNegativeInteger
InvalidPositiveInteger InvalidAlphanum InvalidWidth InvalidHeight InvalidHour InvalidDay InvalidHttpGUID
InvalidLanguage InvalidUpdatePeriod InvalidItunesCategory InvalidItunesEpisodeType InvalidItunesChannelType
ObsoleteItunesCategory InvalidYesNo InvalidYesNoClean InvalidDuration TooLong InvalidKeywords InvalidTextType
InvalidCommaSeparatedIntegers UndeterminableVocabulary InvalidFormComponentName InvalidAccessRestrictionRel
NotURLEncoded InvalidLocalRole InvalidEncoding InvalidSyndicationRight InvalidLocalParameter MissingElement
MissingDescription MissingLink MissingTitle ItemMustContainTitleOrDescription MissingXhtmlDiv
MissingContentOrAlternate FatalSecurityRisk ContainsSystemEntity DuplicateValue InvalidDoctype BadXmlVersion
DuplicateAtomLink MissingHref AtomLinkNotEmpty UnregisteredAtomLinkRel HttpError IOError UnknownEncoding
UnexpectedText UnexpectedWhitespace ValidatorLimit HttpProtocolError HttpsProtocolError HttpsProtocolWarning
InvalidRDF InvalidLatitude InvalidLongitude MisplacedMetadata InvalidPermalink InvalidCreditRole
InvalidMediaTextType InvalidMediaHash InvalidMediaRating InvalidNPTTime InvalidMediaRestriction
InvalidMediaRestrictionRel InvalidMediaRestrictionType InvalidMediaMedium InvalidMediaExpression
DeprecatedMediaAdult MediaGroupWithoutAlternatives InvalidSseType InvalidNSS IntegerOverflow SinceAfterUntil
MissingByAndWhenAttrs HttpErrorWithPossibleFeed CloudflareHttpError
DuplicateSemantics DuplicateItemSemantics DuplicateDescriptionSemantics ImageLinkDoesntMatch ImageUrlFormat
ContainsRelRef ReservedPrefix MediaRssNamespace NotSufficientlyUnique ImplausibleDate ProblematicalRFC822Date
SecurityRisk SecurityRiskAttr DangerousStyleAttr BadCharacters ObscureEncoding UnexpectedContentType
EncodingMismatch NonSpecificMediaType NonCanonicalURI SameDocumentReference ContainsEmail ContainsHTML
ContainsUndeclaredHTML MissingSelf SelfDoesntMatchLocation RelativeSelf MissingSourceElement MissingTypeAttr
DuplicateIds DuplicateEntries DuplicateUpdated NotBlank AttrNotBlank MissingSummary MissingTextualContent NotUTF8
MissingItunesElement MissingItunesEmail UnsupportedItunesFormat SelfNotAtom DuplicateEnclosure MissingGuid
ObsoleteWikiNamespace CommentRSS ShouldIncludeExample InvalidAdultContent UndeclaredPrefix MisplacedXHTMLContent
SchemeNotIANARegistered AvoidNamespacePrefix UnknownNamespace UnsupportedNamespace MissingRecommendedAttribute
QuestionableUsage
BestPractices MissingRecommendedElement MissingDCLanguage NonstdPrefix NonstdEncoding MissingEncoding TempRedirect
TextXml Uncompressed
ObsoleteVersion ObsoleteNamespace ConflictingCatAttr ConflictingCatChildren InvalidMediaRange UndefinedParam
InvalidURI InvalidURN InvalidUUID InvalidTAG InvalidContentMode InvalidMIMEType InvalidNamespace NotEscaped
NotBase64 NotInline NotHtml HtmlFragment FeedHistoryRelInEntry FeedRelInCompleteFeed CurrentNotSelfInCompleteFeed
LinkPastEnd MissingCurrentInArchive ArchiveIncomplete DeprecatedDTD
InvalidOPMLVersion MissingXmlURL InvalidOutlineVersion InvalidOutlineType InvalidExpansionState InvalidTrueFalse
MissingOutlineType MissingTitleAttr MissingUrlAttr
InvalidCountryCode InvalidCurrencyUnit InvalidFloat InvalidFloatUnit InvalidFullLocation InvalidGender
InvalidIntUnit InvalidLabel InvalidLocation InvalidMaritalStatus InvalidPaymentMethod InvalidPriceType
InvalidRatingType InvalidReviewerType InvalidSalaryType InvalidServiceType InvalidYear TooMany
InvalidCoord InvalidCoordList CoordComma InvalidMetaName InvalidMetaContent
Deprecated DeprecatedRootHref InvalidAltitudeMode InvalidAngle InvalidColor InvalidColorMode InvalidItemIconState
InvalidListItemType InvalidKmlCoordList InvalidKmlLatitude InvalidKmlLongitude InvalidKmlMediaType InvalidKmlUnits
InvalidRefreshMode InvalidSchemaFieldType InvalidStyleState InvalidViewRefreshMode InvalidZeroOne MissingId
RSS20Profile CharacterData EmailFormat MissingRealName MisplacedItem ImageTitleDoesntMatch AvoidTextInput
NeedDescriptionBeforeContent SlashDate UseZeroForMidnight MissingAtomSelfLink UseZeroForUnknown
"""
ALL = frozenset(_ALL.split())

_CANNOT_OCCUR = {
    "the class is only a parent of others": "InvalidValue BestPractices RSS20Profile QuestionableUsage",
    "the element `thr:when` or its kind is not in our vocabulary": "NoThrWhen NoBlink InvalidSseType SinceAfterUntil"
    " MissingByAndWhenAttrs",
    "there are no skipHours and skipDays": "NotEnoughHoursInTheDay EightDaysAWeek InvalidHour InvalidDay",
    "no element holds a mail address: names are in dc:creator": "InvalidContact UnknownHost InvalidAddrSpec EmailFormat"
    " MissingRealName",
    "there is no dc:date, sy: or other ISO 8601 date: RSS has pubDate": "InvalidISO8601Date InvalidISO8601DateTime"
    " InvalidW3CDTFDate InvalidUpdatePeriod",
    "channels have no image": "InvalidWidth InvalidHeight ImageLinkDoesntMatch ImageUrlFormat ImageTitleDoesntMatch",
    "there is no textInput": "AvoidTextInput InvalidFormComponentName",
    "there is no element of iTunes": "InvalidItunesCategory InvalidItunesEpisodeType InvalidItunesChannelType"
    " ObsoleteItunesCategory InvalidYesNo InvalidYesNoClean InvalidDuration TooLong InvalidKeywords NotUTF8"
    " MissingItunesElement MissingItunesEmail UnsupportedItunesFormat",
    "of Media RSS there is `thumbnail` alone": "InvalidCreditRole InvalidMediaTextType"
    " InvalidMediaHash InvalidMediaRating InvalidNPTTime InvalidMediaRestriction InvalidMediaRestrictionRel"
    " InvalidMediaRestrictionType InvalidMediaMedium InvalidMediaExpression DeprecatedMediaAdult"
    " MediaGroupWithoutAlternatives InvalidPercentage",
    "there is no RSS 1.0": "InvalidRDF",
    "there is no OpenSearch, XRD or Atom Publishing document": "UndeterminableVocabulary InvalidAccessRestrictionRel"
    " NotURLEncoded InvalidLocalRole InvalidEncoding InvalidSyndicationRight InvalidLocalParameter ShouldIncludeExample"
    " InvalidAdultContent UndeclaredPrefix ConflictingCatAttr ConflictingCatChildren InvalidMediaRange UndefinedParam"
    " InvalidNSS IntegerOverflow InvalidCommaSeparatedIntegers InvalidAlphanum InvalidMetaName InvalidMetaContent",
    "there is no element of Google Base": "InvalidCountryCode InvalidCurrencyUnit InvalidFloat InvalidFloatUnit"
    " InvalidFullLocation InvalidGender InvalidIntUnit InvalidLabel InvalidLocation InvalidMaritalStatus"
    " InvalidPaymentMethod InvalidPriceType InvalidRatingType InvalidReviewerType InvalidSalaryType InvalidServiceType"
    " InvalidYear TooMany",
    "there is no place on a map": "InvalidLatitude InvalidLongitude InvalidCoord InvalidCoordList CoordComma",
    "there is no KML": "Deprecated DeprecatedRootHref InvalidAltitudeMode InvalidAngle InvalidColor InvalidColorMode"
    " InvalidItemIconState InvalidListItemType InvalidKmlCoordList InvalidKmlLatitude InvalidKmlLongitude"
    " InvalidKmlMediaType InvalidKmlUnits InvalidRefreshMode InvalidSchemaFieldType InvalidStyleState"
    " InvalidViewRefreshMode InvalidZeroOne MissingId",
    "there are no wiki, wfw or slash elements": "ObsoleteWikiNamespace CommentRSS SlashDate",
    "it is about the exchange, for which the server has tests of its own": "HttpError"
    " IOError HttpProtocolError HttpsProtocolError HttpsProtocolWarning HttpErrorWithPossibleFeed CloudflareHttpError"
    " TempRedirect Uncompressed",
    "ids are urn:uuid: or addresses": "InvalidTAG",
    "there is no xml:base": "SameDocumentReference",
    "no feed calls itself complete (fh:complete)": "FeedRelInCompleteFeed CurrentNotSelfInCompleteFeed",
    "there is no Atom 0.3": "InvalidContentMode NotEscaped NotBase64 NotInline",
    "there is no XHTML": "MissingXhtmlDiv MisplacedXHTMLContent",
    "the links that it follows are only read where a validator has the network": "LinkPastEnd ArchiveIncomplete",
}
CANNOT_OCCUR = {name: reason for reason, names in _CANNOT_OCCUR.items() for name in names.split()}

UNAVOIDABLE = {
    "DuplicateUpdated": "two articles may change within one second, and times are not made up",
    "ContainsHTML": "a headline about mark-up holds mark-up; it is told as the text that it is",
    "ContainsUndeclaredHTML": "the same, in Atom",
}
"""Warnings that an honest document may get; nothing else may be left."""
