"""Links and posters that everybody may use: no invitation, nobody known, the answer counts for unit or visit.

A browser that has answered is told so and may go on, since a device in a canteen has many hands. The cookie for it holds
the moment of the answer and nothing else. The same form sent twice is one answer.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

import frappe
from frappe import _
from frappe.utils import (
	format_date,
	format_datetime,
	get_url,
	getdate,
	now_datetime,
	validate_email_address,
)

from cx_desk.core import answers, ledger, machine, survey_policy, survey_texts
from cx_desk.host import qr
from cx_desk.surveys import answering, decide, privacy, versions
from cx_desk.units import scope as reach

LINK = "CX Survey Link"
# Without letters and digits that are taken for each other on paper.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8
_CODE = re.compile(f"[{ALPHABET}]{{{CODE_LENGTH}}}")
_DAYS_OF_COOKIE = 90
# Field of the form, and of the answer until its voice is made.
REPLY_TO = "reply_to"
_LONGEST_ADDRESS = 140


@dataclass
class SharedPage(answering.Page):
	"""What a shared link shows.

	offers_reply: there is a field for a mail address, for who wants to hear what became of it. address_kept: it was
	given and is kept for that; None where none was given.
	"""

	offers_reply: bool = False
	address_kept: bool | None = None


def prepare(doc) -> None:
	"""Check a link before it is saved and give it its code, which stays: it is printed on paper."""
	doc.code = frappe.db.get_value(LINK, doc.name, "code") or new_code()
	survey = frappe.db.get_value("CX Survey", doc.survey, ["privacy", "enabled", "kind"], as_dict=True)
	if survey.privacy == privacy.ANONYMOUS:
		frappe.throw(
			_(
				"{0} is anonymous: each of its answers needs a one-time link from a mail. Choose a named survey; who answers by a poster is not known anyway."
			).format(frappe.bold(frappe.utils.escape_html(doc.survey)))
		)
	if survey.kind == "Ticket" and doc.has_value_changed("survey"):
		frappe.msgprint(
			_(
				"This survey speaks of a request that was resolved. Who reads a poster may have none: see whether its words fit."
			),
			alert=True,
			indicator="orange",
		)
	if doc.visit and not doc.unit:
		doc.unit = frappe.db.get_value("CX Visit", doc.visit, "unit")
	if not reach.sees_everything(frappe.session.user) and not (
		doc.unit and reach.sees_unit(frappe.session.user, doc.unit)
	):
		frappe.throw(
			_("Choose one of your units. A link for the whole desk is made by a CX Manager."),
			frappe.PermissionError,
		)
	if doc.valid_from and doc.valid_until and getdate(doc.valid_until) < getdate(doc.valid_from):
		frappe.throw(_("It ends before it begins: put “Valid until” on or after “Valid from”."))
	if doc.page_language and doc.page_language not in survey_texts.languages(
		versions.current_content(doc.survey)
	):
		frappe.throw(
			_(
				"{0} has no wording in {1}. Translate it in the survey first, or leave the language empty."
			).format(frappe.bold(frappe.utils.escape_html(doc.survey)), doc.page_language)
		)


def new_code() -> str:
	return "".join(secrets.choice(ALPHABET) for _number in range(CODE_LENGTH))


def url_of(code: str) -> str:
	return get_url(f"/cx/s/{code}")


def find(code: str) -> frappe._dict | None:
	"""The link of a code while it may be used; None otherwise, whatever the reason."""
	code = (code or "").strip().upper()
	row = frappe.db.get_value(
		LINK,
		{"code": code if _CODE.fullmatch(code) else "-"},
		[
			"name",
			"survey",
			"unit",
			"visit",
			"title",
			"channel",
			"page_language",
			"enabled",
			"valid_from",
			"valid_until",
			"offer_reply",
			"code",
		],
		as_dict=True,
	)
	if row is None or not row.enabled:
		return None
	today = getdate(now_datetime())
	if (row.valid_from and today < row.valid_from) or (row.valid_until and row.valid_until < today):
		return None
	return row if frappe.db.get_value("CX Survey", row.survey, "enabled") else None


def open_page(code: str, wanted: str = "", cookie: str = "") -> SharedPage:
	"""What a GET of the link shows. wanted: a language that was chosen on the page. Writes nothing."""
	row = find(code)
	if row is None:
		return SharedPage(answering.CLOSED, shared=True)
	# Looking writes nothing: the wording is frozen by the first answer.
	version = versions.current_name(row.survey)
	view = _view(row, version)
	return SharedPage(
		answering.FORM,
		stamp=_stamp(view),
		# Choices in random order: one order for each showing, kept when the form comes back.
		seed=view.chance,
		note=_answered_before(cookie),
		**_about(row, version, wanted),
	)


def submit(
	code: str, form: dict[str, str], agent: str = "", signed_in: bool = False, wanted: str = ""
) -> SharedPage:
	"""Record a posted answer; what to show then. A form that is sent again is the same answer."""
	typed = {key: value for key, value in form.items() if key not in ("stamp", "csrf_token", "token")}
	row = find(code)
	if row is None:
		return SharedPage(answering.CLOSED, values=typed, shared=True)
	view, stamp = _read_stamp(row, form.get("stamp", ""))
	version = (
		view.version if frappe.db.exists("CX Survey Version", view.version) else versions.current(row.survey)
	)
	about = _about(row, version, wanted)
	filled = answers.read_form(about["version"], form)
	address = typed.get(REPLY_TO, "").strip() if row.offer_reply else ""
	errors = dict(filled.errors) | _address_fault(address)
	shown_at, _revision, asked_again = answering.read_stamp(view, stamp)
	if errors:
		return SharedPage(
			answering.FORM,
			values=typed,
			errors=errors,
			notice=answering.ERRORS,
			stamp=_stamp(view, shown_at, asked_again),
			seed=view.chance,
			**about,
		)
	seen = answering.evidence(view, form, shown_at, asked_again, agent, signed_in)
	if machine.judge(seen)[0] == machine.SUSPECTED:
		return SharedPage(
			answering.FORM,
			values=typed,
			notice=answering.DOUBT,
			stamp=_stamp(view, asked_again=True),
			seed=view.chance,
			**about,
		)
	response = answering.record_external(
		row.survey,
		version,
		filled,
		channel=row.channel,
		unit=row.unit,
		event_doctype="CX Visit" if row.visit else LINK,
		event_name=row.visit or row.name,
		origin=view.name,
	)
	kept = _keep_address(response, address, answers.asks_for_somebody(about["version"], filled))
	return SharedPage(answering.THANKS, address_kept=kept, **about)


def _address_fault(address: str) -> dict[str, str]:
	if address and (len(address) > _LONGEST_ADDRESS or not validate_email_address(address)):
		return {REPLY_TO: answers.NOT_AN_ADDRESS}
	return {}


def _keep_address(response: str, address: str, needed: bool) -> bool | None:
	"""Keep an address until the answer's voice is made, and only where there will be one; None where none was given."""
	if not address:
		return None
	if needed:
		# Once the voice is made the address stands there.
		frappe.db.set_value(
			"CX Survey Response",
			{"name": response, "act_state": "Pending"},
			REPLY_TO,
			ledger.normal_address(address),
			update_modified=False,
		)
	return needed


# One showing of the form: the link, the wording that was shown, and chance, so that each showing is told from others.


def _view(row, version: str, chance: str = "") -> frappe._dict:
	chance = chance or secrets.token_hex(8)
	return frappe._dict(name=f"link|{row.name}|{version}|{chance}", version=version, chance=chance)


def _stamp(view, shown_at: float | None = None, asked_again: bool = False) -> str:
	return f"{view.version}.{view.chance}.{answering.make_stamp(view, None, shown_at, asked_again)}"


def _read_stamp(row, given: str) -> tuple[frappe._dict, str]:
	"""The showing that a posted form belongs to, and its stamp; a new one where the form is not ours."""
	version, _dot, rest = given[:300].partition(".")
	chance, _dot, stamp = rest.partition(".")
	view = _view(row, version, chance)
	if chance and answering.read_stamp(view, stamp)[0] is not None:
		return view, stamp
	return _view(row, versions.current_name(row.survey)), ""


def _about(row, version: str, wanted: str) -> dict:
	content = versions.load(version) or versions.current_content(row.survey)
	offered = survey_texts.languages(content)
	language = row.page_language or survey_policy.pick_language((wanted, frappe.local.lang), offered)
	return {
		"version": content,
		"language": language,
		"about": row.title,
		"shared": True,
		"offers_reply": bool(row.offer_reply),
		"unit": row.unit or "",
		"languages": []
		if row.page_language or len(offered) < 2
		else [(code, _language_name(code)) for code in offered],
	}


def _language_name(code: str) -> str:
	return frappe.get_cached_value("Language", code, "language_name") or code


def _answered_before(cookie: str) -> str:
	"""What is said to a browser that has answered here."""
	if not (cookie.isascii() and cookie.isdecimal() and len(cookie) < 12):
		return ""
	moment = format_datetime(
		datetime.fromtimestamp(int(cookie), decide.site_zone()).replace(tzinfo=None), "short"
	)
	return _(
		"From this device somebody answered here already, on {0}. If that was you, there is nothing more to do. If not, go on: your answer counts as well."
	).format(moment)


def cookie_name(code: str) -> str:
	return f"cx_answered_{(code or '').strip().upper()[:CODE_LENGTH]}"


def cookie_seconds(code: str) -> int:
	"""How long a browser remembers that it answered: until the link ends, at most three months."""
	row = find(code)
	days = (
		(row.valid_until - getdate(now_datetime())).days + 1 if row and row.valid_until else _DAYS_OF_COOKIE
	)
	return max(1, min(days, _DAYS_OF_COOKIE)) * 86400


def shown(doc) -> dict | None:
	"""What the form shows of a saved link: address, QR code, whether it is open, how many answered."""
	if not doc.code:
		return None
	count = frappe.db.count(
		"CX Survey Response",
		{"event_name": doc.visit or doc.name, "channel": doc.channel, "survey": doc.survey},
	)
	return {
		"url": url_of(doc.code),
		"qr": qr.svg(url_of(doc.code), doc.title),
		"state": _state(doc),
		"count": count,
		"answers": _("{0} answers so far").format(count) if count else _("Nobody has answered yet."),
	}


def _state(doc) -> str:
	if not doc.enabled:
		return _("Closed: who opens it is told so.")
	if not frappe.db.get_value("CX Survey", doc.survey, "enabled"):
		return _("Closed, because the survey is switched off.")
	today = getdate(now_datetime())
	if doc.valid_from and today < getdate(doc.valid_from):
		return _("Opens on {0}.").format(format_date(doc.valid_from))
	if doc.valid_until and getdate(doc.valid_until) < today:
		return _("Over since {0}.").format(format_date(doc.valid_until))
	if doc.valid_until:
		return _("Open until {0}.").format(format_date(doc.valid_until))
	return _("Open.")


def poster(doc) -> dict:
	"""What the poster shows, in its language."""
	version = versions.current_content(doc.survey)
	return {
		"heading": doc.heading or _("How are we doing?"),
		"words": doc.words
		or _("{0} and a sentence if you like: it takes less than a minute.").format(_questions(version)),
		"title": doc.title,
		"until": format_date(doc.valid_until) if doc.valid_until else "",
		"url": url_of(doc.code),
		"short": url_of(doc.code).partition("://")[2],
		"qr": qr.svg(url_of(doc.code)),
		"open": find(doc.code) is not None,
	}


def _questions(version: dict) -> str:
	count = len(version.get("questions") or ())
	return _("One question") if count == 1 else _("{0} questions").format(count)
