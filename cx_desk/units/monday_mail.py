"""The Monday mail: to each CX Manager and each liaison, within what they may see. What happened, what waits, one link each.

It names kind, unit, ticket and person, never what the person said, and no figure beside a colleague's name.
"""

from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.utils import (
	format_date,
	get_fullname,
	get_url,
	get_url_to_form,
	getdate,
	now_datetime,
)

from cx_desk.core import voice as machine
from cx_desk.host import error_log
from cx_desk.units import message_back, told, voice_owners
from cx_desk.units.language import day_and_time, long_day, speaking

TEMPLATE = "cx_monday"
LAST_WEEK_KEY = "cx_monday_mail"
# So many lines of each kind; the rest is behind one link.
MOST = 8


def send(force: bool = False) -> int:
	"""Queue this week's mail for everybody who gets one; how many. Twice in a week only when forced."""
	if not frappe.get_cached_doc("CX Settings").monday_mail:
		return 0
	week = str(machine.week_of(getdate()))
	if frappe.db.get_global(LAST_WEEK_KEY) == week and not force:
		return 0
	frappe.db.set_global(LAST_WEEK_KEY, week)
	sent = 0
	for user in recipients():
		try:
			send_to(user)
			sent += 1
		except frappe.OutgoingEmailError:
			raise
		except Exception:
			# One reader's broken record must not keep the others from their mail.
			error_log.log(f"CX Desk: Monday mail of {user}")
	return sent


def recipients() -> list[str]:
	"""Enabled CX Managers, and liaisons and deputies of today, each once."""
	from cx_desk.core.units import DEPUTY, LIAISON
	from cx_desk.units.cover import read_assignments

	people = set(
		frappe.get_all(
			"Has Role",
			filters={
				"role": voice_owners.MANAGER_ROLE,
				"parenttype": "User",
				"parent": ["!=", "Administrator"],
			},
			pluck="parent",
		)
	)
	people |= {row.user for row in read_assignments(getdate()) if row.role in (LIAISON, DEPUTY)}
	return sorted(user for user in people if voice_owners.is_enabled(user))


def send_to(user: str) -> None:
	"""Queue one reader's mail."""
	address, language = frappe.db.get_value("User", user, ["email", "language"])
	with speaking(language):
		context = content(user)
		frappe.sendmail(
			recipients=[address],
			subject=context["subject"],
			# The host takes the plain text from the .txt file of the same name.
			template=TEMPLATE,
			args=context,
			add_unsubscribe_link=0,
		)


def content(user: str, now: datetime | None = None) -> dict:
	"""What one reader is told; every list is within their scope."""
	now = now or now_datetime()
	week = [now - timedelta(days=7), now]
	series = told.weekly(user=user, on=now.date())
	last = series[-2][1] if len(series) > 1 else series[-1][1]
	sections = [
		_section(
			_("New low answers"),
			{"kind": ["in", list(machine.KINDS_THAT_NEED_YES)], "creation": ["between", week]},
			user,
			_line_owner,
			_("None in the last seven days."),
			"creation desc",
		),
		_section(
			_("Overdue promises"),
			{**told.overdue_filters(), "kind": machine.PROMISE},
			user,
			_line_due,
			_("No promise is overdue."),
		),
		_section(
			_("Other overdue voices"),
			{**told.overdue_filters(), "kind": ["!=", machine.PROMISE]},
			user,
			_line_due,
			_("No other voice is overdue."),
		),
		_section(
			_("Who was told"),
			{"told_at": ["between", week]},
			user,
			_line_told,
			_("Nobody in the last seven days."),
			"told_at desc",
		),
	]
	subject_sections = list(sections)
	sections += further_sections(user, week[0])
	nothing = not any(section["total"] for section in sections)
	whole = told.figure(user=user, on=now.date())
	return {
		"subject": _subject(whole, subject_sections),
		"brand": message_back.brand(),
		"name": get_fullname(user),
		"day": long_day(now),
		"headline": told.headline(whole),
		"last_week": told.headline(last) if last.n else _("nothing was due"),
		"has_figure": whole.value is not None,
		"waiting": whole.waiting,
		"bars": [_bar(monday, result) for monday, result in series],
		"sections": [] if nothing else sections,
		"nothing": nothing,
		"workspace": get_url("/app/voices"),
		"my_business": get_url("/app/my-business"),
		"report": get_url("/app/query-report/Told%20and%20Settled"),
	}


def further_sections(user: str, since: datetime) -> list[dict]:
	"""What other areas have to say this week; each registers its own, and says None where it has nothing."""
	found = [frappe.get_attr(path)(user, since) for path in frappe.get_hooks("cx_monday_sections")]
	return [section for section in found if section]


def _subject(whole: machine.ToldAndSettled, sections: list[dict]) -> str:
	low, promises, other, _told = (section["total"] for section in sections)
	parts = []
	if low:
		parts.append(_("{0} new low answers").format(low) if low > 1 else _("1 new low answer"))
	if promises + other:
		parts.append(_("{0} overdue").format(promises + other))
	if whole.value is not None:
		parts.append(_("told and settled {0}").format(told.headline(whole)))
	return _("Voices this Monday: {0}").format(", ".join(parts) or _("nothing to report"))


def _section(title: str, filters: dict, user: str, line, empty: str, order_by: str = "due_at asc") -> dict:
	rows = told.rows(filters, user, order_by=order_by)
	# What nobody has taken on yet comes first; the order within stays.
	rows.sort(key=lambda row: row.state != machine.HEARD)
	return {
		"title": title,
		"total": len(rows),
		"lines": [
			{"text": line(row), "link": get_url_to_form("CX Voice", row.name), "name": row.name}
			for row in rows[:MOST]
		],
		"more": max(0, len(rows) - MOST),
		"more_link": get_url("/app/cx-voice/view/list"),
		"empty": empty,
	}


def _what(row) -> str:
	parts = [_(row.kind), row.unit]
	if row.ticket:
		parts.append(_("ticket {0}").format(row.ticket))
	return " · ".join(part for part in parts if part)


def _who(row) -> str:
	if row.confidential:
		return _("confidential")
	if row.source_type != machine.KNOWN:
		return _(row.source_type)
	return row.source_name or row.source_email or ""


def _line_owner(row) -> str:
	if row.state == machine.HEARD:
		return _("{0}: not taken on yet, due {1}").format(_what(row), _when(row.due_at))
	return _("{0}: {1}, {2} owns it").format(_what(row), _(row.state), get_fullname(row.responsible))


def _line_due(row) -> str:
	return _("{0}: was due {1}, {2} owns it").format(
		_what(row), _when(row.due_at), get_fullname(row.responsible)
	)


def _line_told(row) -> str:
	return f"{_who(row)}, {_what(row)}: {_(row.state)}"


def _when(moment) -> str:
	return day_and_time(moment) if moment else ""


def _bar(monday, result: machine.ToldAndSettled) -> dict:
	share = None if result.value is None else round(100 * result.value)
	return {
		"week": format_date(monday, "d MMM"),
		"share": share,
		"n": result.n,
		"height": 2 if share is None else max(2, round(share * 0.5)),
	}
