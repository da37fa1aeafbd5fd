"""Publishes the pack's consent text."""

import hashlib

from sqlalchemy.orm import Session

from db.caller import Caller
from db.packs.about import PURPOSES, ConsentWords
from db.packs.entries import Loading
from db.people import queries
from db.people.models import ConsentText


def load(loading: Loading) -> None:
    """Publishes the consent of `pack.yaml`."""
    publish(loading.session, loading.caller, consent=loading.pack.about.consent_words)


def publish(session: Session, caller: Caller, *, consent: ConsentWords) -> int:
    """Publishes a pack's consent, one row for each purpose, and returns the version in force.

    Where the text says `{purposes}` it names them, so that people read what they agree to.

    The same words again change nothing. Changed words, or purposes, become a new version even where the pack's number
    was forgotten: whoever agreed to other words is asked again (152-ФЗ, art. 9).
    """
    body = consent.text.replace(PURPOSES, "\n".join(f"— {purpose.title}" for purpose in consent.purposes))
    texts = {purpose.code: f"{purpose.title}\n\n{body}" for purpose in consent.purposes}
    current = queries.current_consent_texts(session)
    version = consent.version
    if current:
        if current[0].version >= version and {row.purpose: row.text for row in current} == texts:
            return current[0].version
        version = max(version, current[0].version + 1)
    for purpose, text in texts.items():
        session.add(
            ConsentText(
                purpose=purpose,
                version=version,
                text=text,
                text_hash=hashlib.sha256(text.encode()).hexdigest(),
                published_at=caller.now,
            )
        )
    session.flush()
    return version


SECTIONS = {"pack": load}
