"""Publishes the pack's consent text."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.caller import Caller
from db.packs import Pack
from db.people import queries
from db.people.models import ConsentText

PURPOSES = "{purposes}"


def publish_consent(session: Session, caller: Caller, *, pack: Pack) -> int:
    """Publishes the consent of `pack.yaml`; returns the version in force."""
    return publish(session, consent=pack.about["consent"], now=caller.now)


def publish(session: Session, *, consent: dict[str, Any], now: datetime) -> int:
    """Publishes a pack's consent, one row for each purpose; the version in force is answered. Where the text says
    `{purposes}` it names them, so that people read what they agree to; ValueError where it doesn't.

    The same words again change nothing. Changed words, or purposes, become a new version even where the pack's
    number was forgotten: whoever agreed to other words is asked again (152-ФЗ, art. 9).
    """
    body = consent["text"].strip()
    if PURPOSES not in body:
        raise ValueError(f"the consent's text needs {PURPOSES}")
    body = body.replace(PURPOSES, "\n".join(f"— {item['title'].strip()}" for item in consent["purposes"]))
    texts = {item["code"]: f"{item['title'].strip()}\n\n{body}" for item in consent["purposes"]}
    current = queries.current_consent_texts(session)
    version = int(consent["version"])
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
                published_at=now,
            )
        )
    session.flush()
    return version


SECTIONS = {"pack.yaml": publish_consent}
