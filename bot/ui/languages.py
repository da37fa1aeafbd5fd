"""Which language somebody is answered in who has chosen none."""

from locales import languages

READ_RUSSIAN = {"be", "uk", "kk", "tt", "ba"}  # where the bot has not their own language


def language(code: str | None, usual: str) -> str:
    """The language for somebody who has chosen none: `code` is what the messenger says, `usual` the setting's."""
    base = (code or usual).split("-")[0]
    if base in languages():
        return base
    return usual if base in READ_RUSSIAN else "en"
