"""Early life support: how it stands each day, the decision once a week, and what follows when tickets rise.

What may end it is decided in `core/early_life.py`; a hand-over is never undone by a figure, reopening is proposed.
"""

from datetime import datetime, time, timedelta

import frappe
from frappe import _
from frappe.utils import (
	add_days,
	cint,
	cstr,
	flt,
	format_date,
	get_datetime,
	get_fullname,
	getdate,
	now_datetime,
	nowdate,
)

from cx_desk.core import early_life as core
from cx_desk.core import initiative as machine
from cx_desk.core.render.text import decimal
from cx_desk.initiatives import exits, people, tagging, telling

WINDOW_DAYS = 14
AFTER_DAYS = 28


def look(doc, until: datetime | None = None) -> frappe._dict:
	"""How early life support stands: rate, burn-down, link rate, open ones, and what the exit rule says."""
	from cx_desk.host import initiative_tickets

	until = until or now_datetime()
	since = max(get_datetime(doc.live_at), until - timedelta(days=WINDOW_DAYS))
	tags = frappe.get_all(tagging.TAG, {"initiative": doc.name}, ["ticket", "removed"])
	removed = {row.ticket for row in tags if cint(row.removed)}
	tickets = initiative_tickets.by_name([row.ticket for row in tags if row.ticket not in removed])
	in_window = [row for row in tickets if since <= get_datetime(row.creation) < until]
	every = tagging.in_categories(doc, since, until)
	tagged = {str(row.name) for row in in_window}
	# Somebody looked at those that were taken off: they are none of its categories.
	of_categories = {str(row.name) for row in every or []} - removed
	both = of_categories | tagged
	link_rate = len(tagged) / len(both) if both and every is not None else None
	open_now = [row for row in tickets if not initiative_tickets.is_resolved(row)]
	week = until - timedelta(days=7)
	opened = sum(1 for row in tickets if week <= get_datetime(row.creation) < until)
	solved = [row for row in in_window if initiative_tickets.is_resolved(row)]
	closed = sum(
		1
		for row in tickets
		if initiative_tickets.is_resolved(row)
		and week <= get_datetime(row.resolution_date or row.modified) < until
	)
	weeks = max((until - since).total_seconds() / (7 * 86400), 1 / 7)
	check = None
	if cint(doc.support_users) and flt(doc.support_target):
		check = core.rate_check(len(in_window), cint(doc.support_users), weeks, flt(doc.support_target))
	return frappe._dict(
		check=check,
		weeks=weeks,
		burn=core.burn_down(len(open_now), opened, closed, 7),
		link_rate=link_rate,
		tagged=len(tagged),
		of_categories=None if every is None else len(both),
		open=len(open_now),
		oldest=max(((until - get_datetime(row.creation)).days for row in open_now), default=0),
		solved=len(solved),
		solved_by_desk=sum(1 for row in solved if row.agent_group != _project_team(doc)),
		critical=_critical(in_window),
		all=len(tickets),
		by_week=_by_week(doc, tickets, until),
	)


def _project_team(doc) -> str | None:
	# Where a team of the project is named, what it solved was not solved by the desk.
	return doc.tag_team or None


def _critical(rows) -> int:
	from cx_desk.host.ticket_counts import highest_priority

	top = highest_priority()
	return sum(1 for row in rows if top and row.priority == top)


def _by_week(doc, tickets, until: datetime) -> list[dict]:
	"""Tickets per week since go-live, the rate per 100 users beside it."""
	start = get_datetime(doc.live_at)
	found = []
	while start < until and len(found) < 26:
		end = start + timedelta(days=7)
		count = sum(1 for row in tickets if start <= get_datetime(row.creation) < end)
		rate = count * 100 / cint(doc.support_users) if cint(doc.support_users) else None
		found.append(
			{
				"from": str(start.date()),
				"tickets": count,
				"rate": None if rate is None else round(rate, 1),
				"whole": end <= until,
			}
		)
		start = end
	return found


def _checks(doc, newest: core.RateCheck | None) -> list[core.RateCheck]:
	"""The weekly looks that were noted, as the core reads them; the newest only in its own week."""
	found = []
	for row in doc.checks or []:
		try:
			found.append(
				core.rate_check(
					cint(row.tickets),
					cint(doc.support_users),
					flt(row.weeks) or WINDOW_DAYS / 7,
					flt(doc.support_target),
					link_rate=flt(row.link_rate) / 100 if cint(row.any_came) else None,
				)
			)
		except ValueError:
			continue
	return found or ([newest] if newest else [])


def verdict(doc, now: frappe._dict | None = None) -> core.Exit:
	"""The exit rule today; the rate by the weekly looks alone, everything else as of now."""
	now = now or look(doc)
	return core.exit_verdict(
		_checks(doc, now.check),
		critical=now.critical,
		open_tickets=now.open,
		oldest_open_days=now.oldest,
		solved=now.solved,
		solved_by_desk=now.solved_by_desk,
		signed=bool(doc.get("exits")) and not exits.unsigned(doc),
		minimum_passed=bool(doc.support_until and getdate(doc.support_until) <= getdate(nowdate())),
		link_rate=now.link_rate,
	)


def why_not(doc) -> tuple[str, ...]:
	"""Why early life support may not end, as texts; empty when it may."""
	if not doc.live_at:
		return (_("It is not live."),)
	return tuple(reason_text(doc, key, places) for key, places in verdict(doc).reasons)


def reason_text(doc, key: str, places: dict) -> str:
	"""One rule that does not hold, as a sentence."""
	if key == "no_look":
		return _("No weekly look yet: users and target are missing.")
	if key == "rate":
		return _("Tickets per 100 users and week: {0}, the target is {1}.").format(
			_n(places["rate"]), _n(places["target"])
		)
	if key == "upper":
		return _("The rate may be chance: it could be as high as {0}, at most {1} is allowed.").format(
			_n(places["upper"]), _n(places["limit"])
		)
	if key == "once":
		return _("The rule held in one weekly look. Two in a row are needed.")
	if key == "link":
		return _(
			"Only {0} % of the tickets are tagged: the rate says little. Tag them, or name words."
		).format(round(places["share"] * 100))
	if key == "critical":
		return _("{0} of the highest priority in the last two weeks.").format(places["n"])
	if key == "open":
		return _("{0} tickets are open, at most {1} may be.").format(places["n"], places["most"])
	if key == "old":
		return _("The oldest open ticket is {0} days old, at most {1}.").format(
			places["days"], places["most"]
		)
	if key == "desk":
		return _("The desk solved {0} % by itself, at least {1} % is asked.").format(
			round(places["share"] * 100), round(places["least"] * 100)
		)
	if key == "signed":
		names = ", ".join(exits.unsigned(doc))
		return _("Not signed yet: {0}.").format(names) if names else _("No exit criterion is agreed.")
	return _("The agreed time runs until {0}.").format(format_date(doc.support_until))


def _n(value: float) -> str:
	return decimal(value, 1, frappe.local.lang)


def weekly() -> int:
	"""Tag, look and note for every initiative in early life support, once a week; propose reopening afterwards."""
	count = 0
	for name in frappe.get_all(people.INITIATIVE, {"stage": machine.EARLY_LIFE}, pluck="name"):
		doc = frappe.get_doc(people.INITIATIVE, name, for_update=True)
		tagging.tag_new(doc)
		if note_week(doc):
			count += 1
	# Once a week as well: whoever looks every hour finds a rise by chance.
	handed = {"stage": ("in", (machine.HANDED_OVER, machine.BENEFITS)), "reopen_proposed": ("is", "not set")}
	mondays = getdate(nowdate()).weekday() == 0
	for name in frappe.get_all(people.INITIATIVE, handed, pluck="name") if mondays else ():
		propose_reopening(frappe.get_doc(people.INITIATIVE, name, for_update=True))
	return count


def note_week(doc, today=None) -> bool:
	"""Note the weekly look of the week that ended last; once per week. Whether it was noted."""
	today = getdate(today or nowdate())
	ended = add_days(today, -((today.weekday() + 1) % 7 or 7))
	if ended < getdate(doc.live_at) or any(getdate(row.week_ending) == ended for row in doc.checks):
		return False
	now = look(doc, datetime.combine(ended + timedelta(days=1), time()))
	if not now.check:
		return False
	# The first look covers less than two weeks: fewer tickets are no lower rate.
	whole = core.rate_check(
		now.tagged, cint(doc.support_users), now.weeks, flt(doc.support_target), link_rate=now.link_rate
	)
	doc.append(
		"checks",
		{
			"week_ending": ended,
			"tickets": now.tagged,
			"weeks": now.weeks,
			"rate": whole.rate,
			"upper": whole.upper,
			"link_rate": None if now.link_rate is None else now.link_rate * 100,
			"any_came": int(now.link_rate is not None),
			"passed": cint(bool(whole.passed)),
			"why_not": "" if whole.passed else _why_not_passed(doc, whole),
		},
	)
	doc.flags.cx_move = "look"
	# allowed: a job of the scheduler
	doc.save(ignore_permissions=True)
	return True


def _why_not_passed(doc, look: core.RateCheck) -> str:
	"""Why one weekly look did not pass, by the figures of that week alone."""
	if not look.judged:
		return _("Too few tickets to judge by rate.")
	if look.link_rate is not None and look.link_rate < core.FEWEST_TAGGED:
		return reason_text(doc, "link", {"share": look.link_rate})
	if not look.at_target:
		return reason_text(doc, "rate", {"rate": look.rate, "target": look.target})
	return reason_text(doc, "upper", {"upper": look.upper, "limit": core.UPPER_OVER_TARGET * look.target})


def extend(initiative: str, until: str, reason: str) -> None:
	"""Make early life support longer: dated, with its reason, counted. By a CX Manager or the lead."""
	from cx_desk.initiatives import facts

	doc = frappe.get_doc(people.INITIATIVE, initiative, for_update=True)
	if doc.stage != machine.EARLY_LIFE:
		frappe.throw(_("It is not in early life support."))
	if not facts.actors_of(doc) & {machine.LEAD, machine.MANAGER}:
		frappe.throw(_("The lead or a CX Manager makes it longer."))
	if not cstr(reason).strip():
		frappe.throw(_("Say why it takes longer."))
	if not until or getdate(until) <= getdate(doc.support_until):
		frappe.throw(_("The new end lies after {0}.").format(format_date(doc.support_until)))
	doc.append(
		"extensions",
		{
			"from_date": doc.support_until,
			"to_date": getdate(until),
			"reason": cstr(reason).strip(),
			"by": get_fullname(frappe.session.user),
		},
	)
	doc.support_until = getdate(until)
	doc.flags.cx_move = "extend"
	# allowed: judged above
	doc.save(ignore_permissions=True)


def propose_reopening(doc) -> bool:
	"""After hand-over: when tickets rise beyond noise, reopening is proposed to the lead. Never reopened by itself."""
	if (
		not (doc.live_at and doc.checks and cint(doc.support_users) and flt(doc.support_target))
		or doc.reopen_proposed
	):
		return False
	handed = next(
		(get_datetime(row.at) for row in reversed(doc.steps) if row.to_stage == machine.HANDED_OVER), None
	)
	now = now_datetime()
	if not handed or now - handed > timedelta(days=AFTER_DAYS + WINDOW_DAYS):
		return False
	tagging.tag_new(doc)
	found = look(doc, now)
	before = _checks(doc, None)[-1]
	if not found.check or not core.has_risen(before, found.check):
		return False
	doc.reopen_proposed = _(
		"{0}: {1} tickets per 100 users and week, the target is {2}. Reopen early life support?"
	).format(format_date(nowdate()), _n(found.check.rate), _n(found.check.target))
	doc.flags.cx_move = "propose"
	# allowed: a job of the scheduler
	doc.save(ignore_permissions=True)
	telling.notify(doc, doc.lead, doc.reopen_proposed)
	return True
