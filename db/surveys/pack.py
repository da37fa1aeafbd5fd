"""Publishes the pack's surveys of needs."""

from db.diagnostics.models import InstrumentKind
from db.diagnostics.staff_services import publish
from db.packs.entries import Loading
from db.surveys.content import SurveyContent


def load(loading: Loading) -> None:
    """Publishes those instruments of the pack that are surveys; versions that are there already stay as they are.

    Raises SettingsError that names the place and the remedy.
    """
    for content in loading.pack.instruments():
        if content.get("kind") == InstrumentKind.SURVEY:
            about = SurveyContent.read(content, pack=loading.pack.name)
            publish(loading.session, loading.caller, content=content, about=about)


SECTIONS = {"instruments": load}
