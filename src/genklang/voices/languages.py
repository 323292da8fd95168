"""Languages that people read, each by its own name, and which way it is written."""

NAMES = {
    "sv": "Svenska",
    "en": "English",
    "ar": "العربية",
    "bs": "Bosanski",
    "ckb": "کوردیی ناوەندی",
    "de": "Deutsch",
    "es": "Español",
    "fa": "فارسی",
    "fi": "Suomi",
    "fr": "Français",
    "hr": "Hrvatski",
    "kmr": "Kurmancî",
    "pl": "Polski",
    "prs": "دری",
    "ro": "Română",
    "ru": "Русский",
    "se": "Davvisámegiella",
    "so": "Soomaali",
    "sq": "Shqip",
    "sr": "Srpski",
    "th": "ไทย",
    "ti": "ትግርኛ",
    "tr": "Türkçe",
    "uk": "Українська",
    "ur": "اردو",
    "vi": "Tiếng Việt",
    "zh": "中文",
}
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "fa", "he", "prs", "ps", "ur"})


def name_of(language: str) -> str:
    """What the language is called by those who speak it; its code where that is not known."""
    return NAMES.get(language) or NAMES.get(language.split("-")[0], language)


def direction(language: str) -> str:
    """ "rtl" or "ltr"."""
    return "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr"


def best(accepted: str, offered: list[str]) -> str:
    """The language offered that a browser's Accept-Language likes best; empty where none fits."""
    wishes: list[tuple[float, str]] = []
    for part in accepted.lower().split(","):
        code, _semicolon, weight = part.strip().partition(";q=")
        try:
            wishes.append((-float(weight or 1), code))
        except ValueError:
            continue
    for _weight, code in sorted(wishes, key=lambda wish: wish[0]):
        for language in offered:
            if code and (language.lower() == code or language.split("-")[0].lower() == code.split("-")[0]):
                return language
    return ""
