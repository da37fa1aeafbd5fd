"""A pack is written by hand: what is wrong with it is told by file, place and remedy, and nothing of it is kept."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db.accounts import services
from db.clock import Clock
from db.database import Database
from db.demo.fill import DEMO_LOGIN, DEMO_PASSWORD, done, fill
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Municipality, Setting, Term
from db.errors import SettingsError
from db.packs import COMMON, FOLDER, Pack
from db.packs.loading import difference, load
from db.people.models import ConsentText
from db.sites.models import Site
from tests.support.town import MONDAY

BROKEN = [
    (
        "dictionaries",
        "municipalities:",
        "municipality:",
        "dictionaries.yaml: municipality is not known here: did you mean «municipalities»?",
    ),
    ("dictionaries", "municipalities:", "municipalities: [", "dictionaries.yaml: line 10: a bracket is not"),
    (
        "dictionaries",
        "municipalities:",
        "municipalities: []\nmunicipalities:",
        "dictionaries.yaml: line 10: «municipalities» stands twice here: keep one",
    ),
    (
        "dictionaries",
        "code: ashinsky-mr",
        "code: agapovsky-mr",
        "dictionaries.yaml: municipality «agapovsky-mr» stands twice: a code is one entry's",
    ),
    (
        "campaigns",
        "closes: 2023-09-30",
        "closes: 2023-02-31",
        "campaigns.yaml: line 150: there is no such day as 2023-02-31",
    ),
    (
        "sites",
        "\n    municipality:",
        "\n\tmunicipality:",
        "sites.yaml: line 10: a tab at its beginning: indent by spaces",
    ),
    (
        "pack",
        "extends: common",
        "extends: common\ninstruments: teacher",
        "pack.yaml: instruments: Input should be a valid list",
    ),
    (
        "pack",
        "extends: common",
        "extends: common\ninstruments: [teacher, teachers]",
        "pack.yaml: instruments: teachers: did you mean «teacher»?",
    ),
    (
        "pack",
        "time_zone_label: ",
        "time_zone_label: @",
        "pack.yaml: line 8: the value begins with a sign that YAML keeps",
    ),
    ("dictionaries", "municipalities:", "a: &a [x]\nb: [*a, *a]\nmunicipalities:", "dictionaries.yaml: aliases (&name"),
    ("pack", "extends: common", "extends: ./common", "pack.yaml: extends: there is no pack «./common»"),
    ("pack", "extends: common", "extends: [common]", "pack.yaml: extends: there is no pack «['common']»"),
    (
        "dictionaries",
        "code: ashinsky-mr, ",
        "",
        "dictionaries.yaml: municipalities[3] «Ашинский МР».code is missing: write `code: …` there",
    ),
    (
        "organisations",
        "  ashinsky-mr:",
        "  ashinski-mr:",
        "organisations.yaml: there is no municipality «ashinski-mr»: did you mean «ashinsky-mr»?",
    ),
    ("pack", "consent:", "agreement:", "pack.yaml: consent is missing: write `consent: …` there"),
    ("pack", "    {purposes}\n", "", "pack.yaml: consent.text: Value error, the consent's text needs {purposes}"),
    (
        "pack",
        "\n  retest_days:",
        "\n  retest_day:",
        "pack.yaml: rules.retest_day is not known here: did you mean",
    ),
    (
        "pack",
        "extends: common",
        "extends: common\nrules: {retest_days: полгода}",
        "pack.yaml: rules.retest_days: Input should be a valid integer",
    ),
    (
        "pack",
        "extends: common",
        "extends: common\nrules: {days_off: [суббота]}",
        "pack.yaml: rules.days_off.1: Input should be a valid integer",
    ),
    (
        "pack",
        "extends: common",
        "extends: common\nrules: {quiet_from: '23:30'}",
        "pack.yaml: rules: it is quiet from 2",
    ),
    ("pack", "Asia/Yekaterinburg", "Asia/Nowhere", "pack.yaml: time_zone: Value error, no such time zone"),
    ("sites", "municipality:", "town:", "sites.yaml: sites[1] «Методика живого урока».municipality is missing"),
    (
        "campaigns",
        "\ncriteria:",
        "\ncriterias:",
        "campaigns.yaml: criterias is not known here: did you mean «criteria»?",
    ),
    ("campaigns", "closes: 2023-09-30", "closes_in: 40", "campaigns.yaml: campaigns[1] «Отбор в региональный"),
]


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pack:
    for name in ("chelyabinsk", COMMON):
        shutil.copytree(FOLDER / name, tmp_path / name)
    monkeypatch.setattr("db.packs.FOLDER", tmp_path)
    return Pack(tmp_path / "chelyabinsk")


def change(pack: Pack, name: str, old: str, new: str) -> None:
    """Writes over it where it stands: in the pack's own file or in the one that packs share."""
    path, text = next(
        (path, text)
        for path in (folder / f"{name}.yaml" for folder in (pack.folder, pack.folder.parent / COMMON))
        if path.exists() and old in (text := path.read_text(encoding="utf-8"))
    )
    path.write_text(text.replace(old, new), encoding="utf-8")


def counts(session: Session) -> tuple[int, int]:
    towns, texts = (session.scalar(select(func.count()).select_from(model)) for model in (Municipality, ConsentText))
    return towns or 0, texts or 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("name", "old", "new", "told"), BROKEN)
def test_a_wrong_pack_is_refused_by_its_place_and_leaves_nothing(
    pack: Pack, database: Database, name: str, old: str, new: str, told: str
) -> None:
    before = database.read(counts)
    change(pack, name, old, new)
    with pytest.raises(SettingsError) as refused:
        database.write(load, pack=pack, now=Clock().now())
    assert str(refused.value).startswith(f"pack chelyabinsk, {told}")
    assert "\n" not in str(refused.value)
    assert database.read(counts) == before


WHOLE = [
    (b"", "the file is empty: fill it, or remove it"),
    ("# всё записано отсюда\n".encode(), "the file is empty: fill it, or remove it"),
    ("sites:\n  # площадки\n".encode("cp1251"), "line 2: letters that are no UTF-8: save the file as UTF-8"),
    (b"- one\n- two\n", "expected names with values, as in other packs"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("content", "told"), WHOLE)
def test_a_file_that_is_none_says_what_to_do(pack: Pack, database: Database, content: bytes, told: str) -> None:
    (pack.folder / "sites.yaml").write_bytes(content)
    with pytest.raises(SettingsError) as refused:
        database.write(load, pack=pack, now=Clock().now())
    assert str(refused.value) == f"pack chelyabinsk, sites.yaml: {told}"


RECIPE = [
    ("role: regional_methodist", "role: methodist", "accounts: 'methodist' is not a valid StaffRole"),
    ("municipality: chelyabinsky-go", "municipality: chelyabinsk-go", "people: «chelyabinsk-go» is missing there"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("old", "new", "told"), RECIPE)
def test_a_wrong_recipe_of_the_demo_is_told_in_one_line_and_leaves_nothing(
    pack: Pack, database: Database, tmp_path: Path, old: str, new: str, told: str
) -> None:
    """It was a traceback that ended in KeyError."""
    before = database.read(counts)
    change(pack, "demo", old, new)
    with pytest.raises(SettingsError) as refused:
        fill(database, pack=pack, data_dir=tmp_path, now=MONDAY)
    assert str(refused.value).startswith(f"pack chelyabinsk, demo.yaml or events.yaml: {told}")
    assert "\n" not in str(refused.value) and database.read(counts) == before
    assert not database.read(done), "the next start begins it anew"


def test_a_wrong_questionnaire_says_where(pack: Pack, database: Database) -> None:
    change(pack, "instruments/teacher", "title:", "heading:")
    with pytest.raises(SettingsError, match=r"pack chelyabinsk, instruments.*title"):
        database.write(load, pack=pack, now=Clock().now())


def test_a_file_that_nobody_reads_is_a_mistake_in_its_name(pack: Pack, database: Database) -> None:
    (pack.folder / "campaigns.yaml").rename(pack.folder / "campaign.yaml")
    with pytest.raises(SettingsError, match=r"nobody reads campaign\.yaml: did you mean «campaigns»\?"):
        database.write(load, pack=pack, now=Clock().now())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_by_another_ending_is_not_passed_over_in_silence(pack: Pack, database: Database) -> None:
    (pack.folder / "campaigns.yaml").rename(pack.folder / "campaigns.yml")
    with pytest.raises(SettingsError, match=r"nobody reads campaigns\.yml: name it campaigns\.yaml"):
        database.write(load, pack=pack, now=Clock().now())


def test_another_region_is_not_loaded_over_the_first(pack: Pack, database: Database, tmp_path: Path) -> None:
    """Terek's pack over Chelyabinsk's data merged in silence: a funnel printed 36 of 44."""
    before = database.read(counts)
    other = Pack(pack.folder.rename(tmp_path / "terek"))
    change(other, "dictionaries", "agapovsky-mr", "tersky-mr")
    for way in (load, difference):
        with pytest.raises(SettingsError, match="this database holds the region «chelyabinsk», and «terek» is another"):
            database.write(way, pack=other, now=Clock().now())
    assert database.read(counts) == before


def renamed(session: Session) -> tuple[str, str, str]:
    town = session.scalars(select(Municipality).where(Municipality.code == "ashinsky-mr")).one()
    site = session.scalars(select(Site).where(Site.code == "chel-methodika")).one()
    return town.name, site.title, site.programme or ""


def test_a_newer_version_keeps_what_staff_changed_and_changes_the_rest(pack: Pack, database: Database) -> None:
    def edit(session: Session) -> None:
        session.scalars(select(Site).where(Site.code == "chel-methodika")).one().title = "Наше название"
        session.execute(delete(Term).where(Term.code == "readings"))

    database.write(edit)
    change(pack, "dictionaries", "name: Ашинский МР", "name: Ашинский муниципальный округ")
    change(pack, "dictionaries", "  - {code: meeting, name: совещание}\n", "")
    change(pack, "sites", "Методика живого урока", "Методика урока")
    change(pack, "sites", "Формирование методических компетенций педагогов", "Методические компетенции")
    shown = database.write(difference, pack=pack, now=Clock().now())
    assert database.read(renamed) == ("Ашинский МР", "Наше название", "Формирование методических компетенций педагогов")
    assert shown == database.write(load, pack=pack, now=Clock().now())
    assert database.read(renamed) == ("Ашинский муниципальный округ", "Наше название", "Методические компетенции")
    assert sorted(map(str, shown or ())) == [
        "- term event_format/meeting: is not in the pack any more, it stays",
        "= site chel-methodika: title was changed in the panel",
        "= term event_format/readings: was removed in the panel",
        "~ municipality ashinsky-mr: name: Ашинский МР → Ашинский муниципальный округ",
        "~ site chel-methodika: programme: Формирование методических компетенций педагогов → Методические компетенции",
    ]
    assert database.write(load, pack=pack, now=Clock().now()) is None, "the same version again is nothing to do"


def test_a_pack_extends_what_packs_share(pack: Pack) -> None:
    shared = pack.folder.parent / "shared"
    (pack.folder.parent / COMMON).rename(shared)
    change(pack, "pack", "extends: common", "extends: shared\nrules: {retest_days: 60}")
    assert pack.about.rules["retest_days"] == 60, "its own word wins"
    assert pack.about.rules["retest_reminder_days"] == 183
    assert [content["key"] for content in pack.instruments()] == ["teacher", "manager"]
    before = pack.fingerprint()
    (shared / "dictionaries.yaml").write_text("positions: []\n", encoding="utf-8")
    assert pack.fingerprint() != before
    change(pack, "pack", "extends: shared", "extends: share")
    with pytest.raises(SettingsError, match="extends: there is no pack «share»"):
        Pack(pack.folder).section("pack")
    change(pack, "pack", "extends: share", f"extends: {pack.name}")
    with pytest.raises(SettingsError, match="extends another itself"):  # itself, and would have been read for ever
        Pack(pack.folder).section("pack")


def test_a_newer_calendar_comes_with_the_pack_and_other_rules_stay(pack: Pack, database: Database) -> None:
    """Next year's holidays are known in autumn; what a methodist set is nobody's to overwrite."""

    def edit(session: Session) -> None:
        row = session.get_one(Setting, "rules")
        row.value = {**row.value, "retest_days": 77, "holidays": []}

    database.write(edit)
    change(pack, "pack", '"2026-12-31"]', '"2026-12-31", "2027-11-05"]')
    database.write(load, pack=pack, now=Clock().now())
    rules = database.read(dictionaries.rules)
    assert rules.retest_days == 77
    assert {"01-01", "2027-11-05"} <= set(rules.holidays)
    change(pack, "pack", '"2027-11-05"', '"5 ноября"')
    with pytest.raises(SettingsError):
        database.write(load, pack=Pack(pack.folder), now=Clock().now())


def test_a_pack_without_a_recipe_has_a_sandbox_all_the_same(pack: Pack, database: Database, tmp_path: Path) -> None:
    """The chat page died of KeyError, and `db demo` said «already there»."""
    for name in ("demo", "events"):
        (pack.folder / f"{name}.yaml").unlink()
    for one in (pack, Pack(pack.folder.parent / COMMON)):
        assert [person["role"] for person in one.sandbox_people] == ["newcomer"]
    assert fill(database, pack=pack, data_dir=tmp_path, now=MONDAY)
    assert database.read(services.authenticate, login=DEMO_LOGIN, password=DEMO_PASSWORD) is not None
