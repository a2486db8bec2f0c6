"""Rules of CX Settings: what is refused there, and what to do instead."""

import frappe
from frappe import _
from frappe.utils import cint, flt, get_fullname, get_time, getdate

from cx_desk.core.contrast import READABLE, contrast
from cx_desk.units.voice_owners import is_enabled

_WHITE = "#ffffff"


def check(doc) -> None:
	"""Refuse settings that would lose a voice, never send, or cannot be read. Each message says what to do."""
	_check_people(doc)
	_check_times(doc)
	_check_numbers(doc)
	_check_holds(doc)
	_check_brand(doc)


def _check_people(doc) -> None:
	if doc.desk_manager and not is_enabled(doc.desk_manager):
		frappe.throw(
			_("The desk manager {0} is disabled or does not work in the Desk. Choose somebody else.").format(
				frappe.bold(get_fullname(doc.desk_manager))
			)
		)
	teams = set()
	for row in doc.team_leads or []:
		if row.team in teams:
			frappe.throw(
				_(
					"Row {0}: the team {1} already has a lead above. One team has one lead; delete one of the rows."
				).format(row.idx, frappe.bold(row.team))
			)
		teams.add(row.team)
		before = doc.get_doc_before_save()
		known = before and any(old.user == row.user and old.team == row.team for old in before.team_leads)
		if not known and not is_enabled(row.user):
			frappe.throw(
				_(
					"Row {0}: {1} is disabled or does not work in the Desk. Choose an enabled user as team lead."
				).format(row.idx, frappe.bold(get_fullname(row.user)))
			)


def _check_times(doc) -> None:
	if doc.send_from is None or doc.send_until is None or doc.send_from == "" or doc.send_until == "":
		frappe.throw(_("Set both times of day between which surveys are sent, for example 09:00 and 17:00."))
	if get_time(doc.send_from) >= get_time(doc.send_until):
		frappe.throw(
			_(
				"“Send until” must be later than “Send from”: nothing would ever be sent between {0} and {1}. "
				"The times are in the unit's own time zone, so a window past midnight is not needed."
			).format(_clock(doc.send_from), _clock(doc.send_until))
		)


def _clock(value) -> str:
	return get_time(value).strftime("%H:%M")


def _check_numbers(doc) -> None:
	rules = (
		("first_contact_hours", 0.25, 400, _("between a quarter of an hour and 400 business hours")),
		("delay_hours", 0, 720, _("between 0 and 720 hours (30 days)")),
		("drop_after_days", 1, 60, _("between 1 and 60 days")),
		("cooldown_days", 0, 365, _("between 0 (off) and 365 days")),
		("yearly_budget", 0, 365, _("between 0 (off) and 365 surveys")),
		("unit_budget", 0, 100000, _("between 0 (off) and 100,000 mails")),
		("unit_budget_days", 1, 365, _("between 1 and 365 days")),
		("expiry_days", 1, 90, _("between 1 and 90 days")),
		("edit_window_hours", 0, 720, _("between 0 and 720 hours")),
		("comment_months", 0, 120, _("between 0 (keep) and 120 months")),
		("ledger_months", 0, 120, _("between 0 (keep) and 120 months")),
		("score_window_days", 7, 3650, _("between 7 and 3650 days")),
		("score_min_people", 2, 1000, _("between 2 and 1000 people")),
		("score_target", 1, 100, _("between 1 and 100 %")),
	)
	for fieldname, low, high, range_text in rules:
		if not low <= flt(doc.get(fieldname)) <= high:
			frappe.throw(
				_("{0} must lie {1}; it is {2}.").format(
					frappe.bold(_(doc.meta.get_label(fieldname))), range_text, doc.get(fieldname) or 0
				)
			)
	if cint(doc.score_wide_days) < cint(doc.score_window_days):
		frappe.throw(
			_(
				"The window for few answers ({0} days) must not be shorter than the usual one ({1} days)."
			).format(cint(doc.score_wide_days), cint(doc.score_window_days))
		)
	if flt(doc.delay_hours) >= 24 * cint(doc.expiry_days):
		frappe.throw(
			_("The link would expire before the mail goes out: lower the delay or keep links open longer.")
		)
	months = cint(doc.ledger_months)
	if months and months < 13:
		frappe.throw(
			_(
				"The ledger is needed for {0} months at least: 12 for the yearly budget and one to spare. "
				"Set 13 or more, or 0 to keep it."
			).format(13)
		)


def _check_holds(doc) -> None:
	for row in doc.holds or []:
		if getdate(row.to_date) < getdate(row.from_date):
			frappe.throw(
				_("Hold in row {0} ({1}) ends before it starts: correct {2} or {3}.").format(
					row.idx,
					frappe.bold(frappe.utils.escape_html(row.reason or "")),
					frappe.format(row.from_date, "Date"),
					frappe.format(row.to_date, "Date"),
				)
			)


def _check_brand(doc) -> None:
	if doc.brand_color:
		try:
			ratio = contrast(doc.brand_color, _WHITE)
		except ValueError:
			frappe.throw(
				_("{0} is no colour: write it as #rrggbb, for example #1f5f8b.").format(doc.brand_color)
			)
		if ratio < READABLE:
			frappe.throw(
				_(
					"White text cannot be read on {0}: the contrast is {1} to 1, at least 4.5 to 1 is needed. "
					"Choose a darker colour."
				).format(doc.brand_color, round(ratio, 1))
			)
	if doc.brand_logo and str(doc.brand_logo).startswith("/private/"):
		frappe.throw(
			_(
				"The logo must be a public file, or nobody outside sees it: upload it again and untick “Private”."
			)
		)
