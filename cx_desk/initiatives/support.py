"""Early life support: which tickets belong to it, how it stands each day, and the decision once a week.

A ticket is tagged by a word in its subject, by team, by unit, or by hand from the ticket's dialog. What may end it
is decided in `core/early_life.py`; a hand-over is never undone by a figure, reopening is proposed.
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
from cx_desk.host.statements import bound, prepared
from cx_desk.initiatives import news, people, telling

TAG = "CX Initiative Ticket"
BY_HAND, WORDS, TEAM, UNIT = "By hand", "Words", "Team", "Unit"
WINDOW_DAYS = 14
AFTER_DAYS = 28


def matches_words(words: str | None, subject: str | None) -> bool:
	"""Whether a subject holds one of the words (one per line), whole and whatever their case."""
	text = f" {' '.join(_letters(cstr(subject)).split())} "
	return any(
		f" {' '.join(_letters(line).split())} " in text for line in cstr(words).splitlines() if line.strip()
	)


def _letters(text: str) -> str:
	return "".join(char if char.isalnum() else " " for char in text.casefold())


def tag_rule(doc, ticket) -> str | None:
	"""By what a ticket belongs to an initiative: the most telling of words, team and unit; None when it does not."""
	if matches_words(doc.tag_words, ticket.subject):
		return WORDS
	if doc.tag_team and ticket.agent_group == doc.tag_team:
		return TEAM
	if cint(doc.tag_by_unit):
		return UNIT
	return None


def candidates(doc, start: datetime, end: datetime) -> list[frappe._dict]:
	"""Tickets of the affected units, or of the team that is named, opened in a period: among them its own are found."""
	from cx_desk.host import initiative_tickets

	units = news.with_below([row.unit for row in doc.units])
	return initiative_tickets.opened_between(units, doc.tag_team, start, end)


def in_categories(doc, start: datetime, end: datetime) -> list[frappe._dict] | None:
	"""Tickets of a period that should be its own: those of its ticket type, else all that its unit or team rule means.

	None where only words or hands tag: what else there was says nothing about what was forgotten.
	"""
	from cx_desk.host import initiative_tickets

	if doc.get("tag_type"):
		units = news.with_below([row.unit for row in doc.units])
		return initiative_tickets.opened_between(units, doc.tag_team, start, end, doc.tag_type)
	return candidates(doc, start, end) if doc.tag_team or cint(doc.tag_by_unit) else None


def has_rule(doc) -> bool:
	"""Whether anything but a hand tags its tickets."""
	return bool(cstr(doc.tag_words).strip() or doc.tag_team or cint(doc.tag_by_unit))


def tag_new(doc) -> int:
	"""Tag what came since go-live and fits; how many were tagged."""
	if not doc.live_at or not has_rule(doc):
		return 0
	# Those that were taken off by hand are among them: no rule brings them back.
	known = set(frappe.get_all(TAG, {"initiative": doc.name}, pluck="ticket"))
	count = 0
	for ticket in candidates(doc, get_datetime(doc.live_at), now_datetime() + timedelta(minutes=1)):
		rule = tag_rule(doc, ticket)
		if rule and str(ticket.name) not in known:
			_insert(doc.name, ticket, rule)
			count += 1
	return count


def tag(initiative: str, ticket: str, by: str = BY_HAND) -> str:
	"""Tag one ticket; twice is once, and who tags by hand brings back what was taken off. Its tag."""
	from cx_desk.host import initiative_tickets

	known = frappe.db.get_value(
		TAG, {"initiative": initiative, "ticket": str(ticket)}, ["name", "removed"], as_dict=True
	)
	if known:
		if cint(known.removed) and by == BY_HAND:
			frappe.db.set_value(TAG, known.name, {"removed": 0, "removed_by": None, "tagged_by": BY_HAND})
		return known.name
	doc = frappe.get_doc(people.INITIATIVE, initiative)
	if doc.stage in (machine.DRAFT, machine.CLOSED, machine.DECLINED, machine.WITHDRAWN):
		frappe.throw(_("{0} is not running: no ticket belongs to it now.").format(doc.title))
	found = initiative_tickets.by_name([str(ticket)])
	if not found:
		frappe.throw(_("There is no ticket {0}.").format(ticket))
	return _insert(initiative, found[0], by)


def _insert(initiative: str, ticket, by: str) -> str:
	row = frappe.new_doc(TAG)
	row.update(
		{
			"initiative": initiative,
			"ticket": str(ticket.name),
			"subject": cstr(ticket.subject)[:140],
			"tagged_by": by,
			"opened_on": ticket.creation,
		}
	)
	# allowed: who may tag was judged by the caller, or a rule of the initiative tags
	row.insert(ignore_permissions=True)
	return row.name


def untag(initiative: str, ticket: str) -> None:
	"""A ticket does not belong to it. That is remembered: the rule that tagged it does not bring it back."""
	name = frappe.db.get_value(TAG, {"initiative": initiative, "ticket": str(ticket)})
	if name:
		me = get_fullname(frappe.session.user)
		frappe.db.set_value(
			TAG, name, {"removed": 1, "removed_by": me, "caught": 0, "missed_criterion": None}
		)


def forbid_deletion(row) -> None:
	"""A deleted tag would come back by the rule that made it: it is taken off instead."""
	if row.tagged_by == BY_HAND or row.flags.cx_with_initiative or frappe.session.user == "Administrator":
		return
	frappe.throw(
		_("A rule tagged it and would tag it again. Take it off in the ticket's dialog; then it stays off."),
		title=_("Not deleted"),
	)


def live_of(unit: str | None) -> list[frappe._dict]:
	"""Initiatives that run and affect a unit or one above it, those in early life support first. One query."""
	if not unit:
		return []
	found = _read_live(unit=unit)
	order = {machine.EARLY_LIFE: 0, machine.TRANSITION: 1, machine.HANDED_OVER: 2}
	found.sort(key=lambda one: order.get(one.stage, 3))
	return found


@prepared
def _read_live():
	initiative = frappe.qb.DocType(people.INITIATIVE)
	row = frappe.qb.DocType("CX Initiative Unit")
	here = frappe.qb.DocType("CX Business Unit").as_("here")
	above = frappe.qb.DocType("CX Business Unit").as_("above")
	return (
		frappe.qb.from_(here)
		.join(above)
		.on((above.lft <= here.lft) & (above.rgt >= here.rgt))
		.join(row)
		.on((row.unit == above.name) & (row.parenttype == people.INITIATIVE))
		.join(initiative)
		.on(initiative.name == row.parent)
		.select(
			initiative.name,
			initiative.title,
			initiative.stage,
			initiative.lead,
			initiative.golive_date,
			initiative.support_until,
			initiative.plan,
		)
		.distinct()
		.where(here.name == bound("unit"))
		.where(initiative.stage.notin([machine.DRAFT, machine.CLOSED, machine.DECLINED, machine.WITHDRAWN]))
		.orderby(initiative.modified, order=frappe.qb.desc)
	)


def look(doc, until: datetime | None = None) -> frappe._dict:
	"""How early life support stands: rate, burn-down, link rate, open ones, and what the exit rule says."""
	from cx_desk.host import initiative_tickets

	until = until or now_datetime()
	since = max(get_datetime(doc.live_at), until - timedelta(days=WINDOW_DAYS))
	tags = frappe.get_all(TAG, {"initiative": doc.name}, ["ticket", "removed"])
	removed = {row.ticket for row in tags if cint(row.removed)}
	tickets = initiative_tickets.by_name([row.ticket for row in tags if row.ticket not in removed])
	in_window = [row for row in tickets if since <= get_datetime(row.creation) < until]
	every = in_categories(doc, since, until)
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
		signed=bool(doc.get("exits")) and not unsigned(doc),
		minimum_passed=bool(doc.support_until and getdate(doc.support_until) <= getdate(nowdate())),
		link_rate=now.link_rate,
	)


def unsigned(doc) -> list[str]:
	"""Exit criteria that nobody has signed."""
	return [row.criterion for row in doc.get("exits") or [] if not cint(row.signed)]


def keep_exits(doc, before) -> None:
	"""Who signs an exit criterion, and when, is noted; nobody signs before it is live."""
	old = {row.name: row for row in (before.get("exits") or [] if before else [])}
	names = [cstr(row.criterion).strip().lower() for row in doc.get("exits") or []]
	for row in doc.get("exits") or []:
		if names.count(cstr(row.criterion).strip().lower()) > 1:
			frappe.throw(_("The exit criterion “{0}” stands twice. Take one row out.").format(row.criterion))
		was = old.get(row.name)
		if not cint(row.signed):
			row.signed_by = row.signed_on = None
		elif was and cint(was.signed):
			row.signed_by, row.signed_on = was.signed_by, was.signed_on
		elif not doc.live_at:
			frappe.throw(
				_("“{0}” is signed when users have worked with it: it is not live yet.").format(
					row.criterion
				),
				title=_("Signed too early"),
			)
		else:
			row.signed_by, row.signed_on = get_fullname(frappe.session.user), getdate(nowdate())
	if before and not doc.flags.cx_move and doc.stage == machine.EARLY_LIFE:
		gone = set(old) - {row.name for row in doc.get("exits") or []}
		if gone:
			frappe.throw(
				_(
					"“{0}” was agreed before go-live. It is signed or stays open, and is not taken out."
				).format(old[min(gone)].criterion),
				title=_("An exit criterion stays"),
			)


def open_exits_anew(doc) -> None:
	"""After rolling back or reopening, everything is signed anew."""
	for row in doc.get("exits") or []:
		row.signed, row.signed_by, row.signed_on = 0, None, None


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
		names = ", ".join(unsigned(doc))
		return _("Not signed yet: {0}.").format(names) if names else _("No exit criterion is agreed.")
	return _("The agreed time runs until {0}.").format(format_date(doc.support_until))


def _n(value: float) -> str:
	return decimal(value, 1, frappe.local.lang)


def weekly() -> int:
	"""Tag, look and note for every initiative in early life support, once a week; propose reopening afterwards."""
	count = 0
	for name in frappe.get_all(people.INITIATIVE, {"stage": machine.EARLY_LIFE}, pluck="name"):
		doc = frappe.get_doc(people.INITIATIVE, name, for_update=True)
		tag_new(doc)
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
	tag_new(doc)
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


def proposals(template: str | None = None) -> list[frappe._dict]:
	"""Criteria that would have caught tickets, each with how often and for which template, the most frequent first."""
	rows = frappe.get_all(
		TAG,
		{"caught": 1, "removed": 0, "missed_criterion": ("is", "set")},
		["initiative", "missed_criterion", "ticket"],
	)
	known = dict(
		frappe.get_all(
			people.INITIATIVE,
			{"name": ("in", [row.initiative for row in rows] or [""])},
			["name", "template"],
			as_list=True,
		)
	)
	counts: dict[tuple[str, str], list[str]] = {}
	for row in rows:
		counts.setdefault(
			(known.get(row.initiative) or "", " ".join(row.missed_criterion.split())), []
		).append(row.ticket)
	found = [
		frappe._dict(template=key[0], criterion=key[1], tickets=tickets, n=len(tickets))
		for key, tickets in counts.items()
		if template in (None, key[0])
		and not frappe.db.exists("CX Template Criterion", {"parent": key[0], "criterion": key[1]})
	]
	return sorted(found, key=lambda row: (-row.n, row.criterion))
