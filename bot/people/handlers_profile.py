"""Taps and texts of the profile."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.people import handlers_entry, handlers_links, screens_profile
from bot.people.callbacks import (
    CheckProfileTap,
    ClaimForm,
    ContinueTap,
    CorrectedTap,
    FieldTap,
    LeaveTap,
    NotListedTap,
    OwnOrganisationTap,
    PickTap,
    ProfileForm,
    SaveTap,
    SkipBirthTap,
)
from bot.ui.refusals import FLAG, Afresh, only_stale
from bot.ui.visit import Visit, typed
from db.errors import DomainError
from db.people import claims, queries, rules, services
from db.people.queries import Form

CONSENT = {"gate": "consent"}
LONGEST = 300

router = Router(name="people.profile")


async def _step_again(visit: Visit, _tap: object) -> None:
    """What is still missing."""
    await handlers_entry.show_step(visit, await visit.read(queries.form))


FRESH = {**CONSENT, FLAG: Afresh(_step_again, only_stale)}


@router.callback_query(ContinueTap.filter(), flags=CONSENT)
async def go_on(_tap: CallbackQuery, visit: Visit) -> None:
    """The next empty field, or the check page."""
    await handlers_entry.show_step(visit, await visit.read(queries.form))


@router.callback_query(CheckProfileTap.filter(), flags=CONSENT)
async def check(_tap: CallbackQuery, visit: Visit) -> None:
    """«Check, please»; with something missing, that first."""
    await handlers_entry.show_step(visit, await visit.read(queries.form))


@router.callback_query(FieldTap.filter(), flags=CONSENT)
async def field(_tap: CallbackQuery, callback_data: FieldTap, visit: Visit) -> None:
    """One field: its question, a page of its list, or the names of a letter."""
    form = await visit.read(queries.form, field=callback_data.field)
    await handlers_entry.show_step(visit, form, page=callback_data.page, letter=callback_data.letter)


@router.callback_query(PickTap.filter(), flags=FRESH)
async def pick(_tap: CallbackQuery, callback_data: PickTap, visit: Visit) -> None:
    """An answer by tap; stored at once."""
    form = await visit.write(
        services.pick_field,
        field=callback_data.field,
        value=callback_data.value,
    )
    await _stored(visit, form)


@router.callback_query(OwnOrganisationTap.filter(), flags=FRESH)
async def own_organisation(_tap: CallbackQuery, visit: Visit) -> None:
    """The organisation as it was typed; after a restart the text is still there."""
    name = (await visit.dialog.get_data()).get("typed", "")
    if not name:
        await visit.toast("errors.stale_button")
        form = await visit.read(queries.form, field="organisation")
        await handlers_entry.show_step(visit, form)
        return
    await _stored(visit, await visit.write(services.own_organisation, name=name))


@router.callback_query(NotListedTap.filter(), flags=CONSENT)
async def not_listed(_tap: CallbackQuery, visit: Visit) -> None:
    """The list does not have it: its name is asked for in words."""
    form = await visit.read(queries.form, field="organisation")
    await handlers_entry.show_step(visit, form, lead=visit.t("people.not_listed.write"))


@router.message(ProfileForm.answer, flags=CONSENT)
async def answer(message: Message, visit: Visit) -> None:
    """An answer in words. What can't be taken is quoted and the question stands again."""
    data = await visit.dialog.get_data()
    asked = str(data.get("field", ""))
    try:
        text = typed(message, LONGEST)
        form = await visit.write(services.type_field, field=asked, text=text)
    except DomainError as error:
        form = await visit.read(queries.form, field=asked, typed=data.get("typed"))
        await handlers_entry.show_step(
            visit,
            form,
            lead=visit.t(f"errors.{error.code}", **error.params),
            corrected=str(error.params.get("corrected", "")),
        )
        return
    await _stored(visit, form)


@router.callback_query(CorrectedTap.filter(), flags=FRESH)
async def corrected(_tap: CallbackQuery, callback_data: CorrectedTap, visit: Visit) -> None:
    """«Yes, that was meant»; an earlier question's button only shows its question again."""
    data = await visit.dialog.get_data()
    if data.get("field") != callback_data.field or not data.get("typed"):
        await visit.toast("errors.stale_button")
        await handlers_entry.show_step(visit, await visit.read(queries.form, field=callback_data.field))
        return
    await _stored(visit, await visit.write(services.type_field, field=callback_data.field, text=data["typed"]))


@router.callback_query(SaveTap.filter(), flags={**CONSENT, FLAG: Afresh(_step_again)})
async def save(_tap: CallbackQuery, visit: Visit) -> None:
    """The profile is right; the link that waited opens now."""
    await visit.write(services.save_profile)
    payload = await handlers_entry.waiting_link(visit)
    await handlers_entry.refresh(visit)
    if await visit.read(claims.may_be_listed):
        await _ask_birth(visit, payload, visit.t("people.profile_saved"))
        return
    await _enter(visit, payload, "people.profile_saved")


async def _ask_birth(visit: Visit, payload: str, lead: object) -> None:
    """Asks the one question by which a list's record is told; a link goes on waiting."""
    await visit.expect(ClaimForm.birth, **({"payload": payload} if payload else {}))
    await visit.show(screens_profile.ask_birth(visit.t, lead))


async def _enter(visit: Visit, payload: str, said: str) -> None:
    """The profile is saved: to what waited, or the menu."""
    await handlers_entry.leave(visit)
    if payload:
        await visit.toast(said)
        await handlers_links.open_link(visit, payload)
        return
    await handlers_entry.menu(visit, lead=said)


@router.message(ClaimForm.birth, flags=CONSENT)
async def birth(message: Message, visit: Visit) -> None:
    """The day of birth; what is thanked for never says whether a record fits."""
    try:
        day = rules.birth_day(typed(message, LONGEST), visit.now)
    except DomainError as error:
        payload = await handlers_entry.waiting_link(visit)
        await _ask_birth(visit, payload, visit.t(f"errors.{error.code}", **error.params))
        return
    await visit.write(claims.offer, birth=day)
    await _enter(visit, await handlers_entry.waiting_link(visit), "people.offered")


@router.callback_query(SkipBirthTap.filter(), flags=CONSENT)
async def skip_birth(_tap: CallbackQuery, visit: Visit) -> None:
    """On without it."""
    await _enter(visit, await handlers_entry.waiting_link(visit), "people.profile_saved")


@router.callback_query(LeaveTap.filter(), flags=CONSENT)
async def leave(_tap: CallbackQuery, visit: Visit) -> None:
    """«Выйти»: everything entered stays."""
    if visit.person.profile_saved:
        await handlers_entry.menu(visit)
        return
    await handlers_entry.go_on_with_profile(visit, lead="people.left")


async def _stored(visit: Visit, form: Form) -> None:
    if form.saved == "municipality":
        visit.forget()  # events near a person depend on it
    await handlers_entry.show_step(visit, form)
