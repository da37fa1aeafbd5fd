"""People, files and shortcuts for tests of applications."""

import io
import zipfile
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.accounts.models import Staff, StaffMunicipality
from db.accounts.staff_queries import scope_of
from db.applications import services
from db.applications.models import Campaign
from db.applications.queries import Dossier
from db.caller import PersonCaller
from db.database import Database
from db.dictionaries.models import Municipality, Term, TermKind
from db.scope import Scope, StaffRole
from db.storage import StoredFile
from tests.support import callers
from tests.support.town import add_teacher


def pdf(catalog: str = "", page: str = "", *more: str) -> bytes:
    """A PDF of one empty page: what is added to its catalog and page, and further objects from the fourth on."""
    objects = (
        f"<</Type/Catalog/Pages 2 0 R{catalog}>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]{page}>>",
        *more,
    )
    content, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += f"{number} 0 obj{body}endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    content += f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\n"
    return f"{content}startxref\n{content.index('xref')}\n%%EOF\n".encode()


PDF = pdf()
JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300" + "10" * 64 + "ffc0000b080001000101011100"
    "ffc40014000100000000000000000000000000000009ffda0008010100003f0000ffd9"
)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
EXE = b"MZ\x90\x00" + b"\x00" * 200
ANSWERS = {
    1: "Провела для математиков района два семинара о задачах на проценты из жизни, осенью и весной.",
    3: "Третий год веду школьное методобъединение учителей математики.",
    4: "«Функциональная грамотность на уроках математики», 36 часов, прошлый год.",
    5: "Оценка предметных и методических компетенций, региональный центр, весна, средний уровень.",
}


def docx(*, extra: dict[str, bytes] | None = None) -> bytes:
    """The smallest zip that counts as a Word document."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return buffer.getvalue()


def stored(number: int = 1, name: str = "справка.pdf") -> StoredFile:
    """A file as the storage would give it."""
    return StoredFile(name, f"{number:032x}.pdf", "application/pdf", 1000 + number, f"{number:064x}")


def campaign_id(session: Session, *, code: str = "rma-extra") -> int:
    """The campaign that is open in tests."""
    return session.scalars(select(Campaign.id).where(Campaign.code == code)).one()


def term_id(session: Session, *, kind: TermKind, code: str) -> int:
    """A line of a short list."""
    return session.scalars(select(Term.id).where(Term.kind == kind, Term.code == code)).one()


def add_staff(
    session: Session, *, login: str, role: StaffRole, now: datetime, municipalities: tuple[str, ...] = ()
) -> Scope:
    """An account of the panel, and its reach."""
    staff = Staff(login=login, name=f"Методист {login}", role=role, created_at=now)
    session.add(staff)
    session.flush()
    for code in municipalities:
        found = session.scalars(select(Municipality.id).where(Municipality.code == code)).one()
        session.add(StaffMunicipality(staff_id=staff.id, municipality_id=found))
    session.flush()
    session.refresh(staff)
    return scope_of(staff)


def drafted(session: Session, author: PersonCaller) -> Dossier:
    """An application with direction and category, by the use cases that a person's taps run, in one transaction."""
    own = {"application_id": services.start(session, author, campaign_id=campaign_id(session)).id}
    services.choose_direction(session, author, term_id=term_id(session, kind=TermKind.DIRECTION, code="3"), **own)
    category = term_id(session, kind=TermKind.SUPPORT_CATEGORY, code="subject")
    return services.choose_category(session, author, term_id=category, **own)


def completed(session: Session, author: PersonCaller, *, files: int) -> Dossier:
    """An application that lacks nothing; `files` is the number of its last one."""
    own = {"application_id": drafted(session, author).id}
    for number, text in ANSWERS.items():
        services.answer_text(session, author, number=number, text=text, **own)
    services.answer_choice(session, author, number=2, choice="first", **own)
    for number, file in ((4, files - 1), (5, files)):
        services.add_document(session, author, number=number, document=stored(file), **own)
    return services.answer_choice(session, author, number=6, choice="yes", **own)


def sent(session: Session, author: PersonCaller, *, files: int) -> Dossier:
    """A sent application."""
    whole = completed(session, author, files=files)
    return services.submit(session, author, application_id=whole.id)[0]


@dataclass
class World:
    """A database with the pack, a moment, and shortcuts."""

    database: Database
    now: datetime
    files: int = 0

    def teacher(self, external_id: int = 2001, name: str = "Тестова Вера Ивановна", **fields: object) -> int:
        """Somebody with a profile."""
        return self.database.write(add_teacher, external_id=external_id, name=name, now=self.now, **fields)  # type: ignore[arg-type]

    def staff(self, login: str = "metodist", role: StaffRole = StaffRole.REGIONAL_METHODIST, *towns: str) -> Scope:
        """An account."""
        return self.database.write(add_staff, login=login, role=role, now=self.now, municipalities=towns)

    def draft(self, person_id: int) -> Dossier:
        """An application with direction and category."""
        return self.database.write(drafted, callers.person(person_id, self.now))

    def complete(self, person_id: int) -> Dossier:
        """An application that lacks nothing."""
        self.files += 2
        return self.database.write(completed, callers.person(person_id, self.now), files=self.files)

    def submitted(self, person_id: int) -> Dossier:
        """A sent application."""
        self.files += 2
        return self.database.write(sent, callers.person(person_id, self.now), files=self.files)
