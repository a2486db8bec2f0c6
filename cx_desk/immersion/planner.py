"""The visit planner: a round of proposals by need, each with one true sentence, and lots where slots are few."""

import secrets
from dataclasses import fields
from datetime import datetime, time, timedelta

import frappe
from frappe import _
from frappe.utils import add_days, cint, format_date, get_fullname, getdate, now_datetime, nowdate

from cx_desk.core import initiative
from cx_desk.core import knowledge as knowledge_core
from cx_desk.core import planning as core
from cx_desk.core import visit as machine
from cx_desk.host.teams import active_agents
from cx_desk.host.unit_tickets import counts, handlers
from cx_desk.immersion import knowledge, suitable, visits
from cx_desk.units import clock
from cx_desk.units.branches import below, branches, relatives

ROUND = "CX Visit Round"
MOST_SLOTS = 40
# A visit is announced: the first day that is offered lies two weeks ahead.
NOTICE_DAYS = 14
SEARCHED_DAYS = 40
TIMES = (time(10), time(14))
FEWEST_TICKETS = 3


def propose(doc) -> None:
	"""Fill a new round: read the figures, rank the units, draw lots. The seed is made before anything is read."""
	doc.seed = secrets.token_hex(8)
	doc.made_on = getdate(nowdate())
	doc.window_to = getdate(add_days(doc.made_on, -1))
	doc.window_from = getdate(add_days(doc.made_on, -core.WINDOW_DAYS))
	doc.slots = cint(doc.slots)
	if not 1 <= doc.slots <= MOST_SLOTS:
		frappe.throw(_("Say how many visits can be made: 1 to {0}.").format(MOST_SLOTS))
	doc.set("proposals", [])
	facts = read_facts(doc.unit, doc.window_from, doc.window_to, doc.made_on)
	ranked = core.rank(facts)
	if not ranked:
		frappe.throw(
			_(
				"No unit here had a ticket since {0} and waits for a visit. Choose a larger part of the business."
			).format(format_date(doc.window_from))
		)
	needs = {need.unit: need for need in ranked}
	known = {row.unit: row for row in facts}
	goers = _candidates([row.unit for row in facts], doc.window_from)
	sent: dict[str, int] = {}
	for lot in core.draw(ranked, doc.slots, doc.seed):
		people = [
			core.Candidate(one.user, one.handles, one.freshness, one.visits + sent.get(one.user, 0))
			for one in goers(lot.unit)
		]
		visitor = core.who_goes(people) if lot.outcome != core.NOT_DRAWN else None
		if visitor:
			sent[visitor] = sent.get(visitor, 0) + 1
		row = known[lot.unit]
		handles = any(one.user == visitor and one.handles for one in people)
		doc.append(
			"proposals",
			{
				"unit": lot.unit,
				"visitor": visitor,
				"need": needs[lot.unit].total,
				"lot": lot.number,
				"outcome": lot.outcome,
				"sentence": sentence(row, doc.window_from, visitor, handles),
				"facts": frappe.as_json(
					{
						**row.__dict__,
						"handles": handles,
						"window_from": str(doc.window_from),
						"window_to": str(doc.window_to),
					}
				),
			},
		)
	if not doc.proposals:
		frappe.throw(_("No unit here needs a visit now: few tickets, seen lately, known well, and content."))


def read_facts(top: str, since, until, today) -> list[core.UnitFacts]:
	"""What need is judged by, for the units under one that are enabled and wait for no planned visit."""
	units = below(top)
	units = frappe.get_all(
		"CX Business Unit",
		{"name": ("in", units), "disabled": 0, "is_unassigned": 0},
		pluck="name",
		order_by="lft",
	)
	waiting = set(
		frappe.get_all(visits.VISIT, {"state": machine.PLANNED, "starts_on": (">=", today)}, pluck="unit")
	)
	tickets = counts(units, since, until)
	last = _last_visits(today)
	felt = _felt(units)
	levels = knowledge.levels_on(getdate(today), units)
	coming = coming_golives(units, today)
	found = []
	for unit in units:
		if unit in waiting:
			continue
		well = sum(1 for left in levels.get(unit, {}).values() if left >= knowledge_core.EFFECTIVE_LEVEL)
		days = (getdate(today) - last[unit]).days if unit in last else None
		golive = coming.get(unit) or frappe._dict()
		found.append(
			core.UnitFacts(
				unit,
				tickets.get(unit, 0),
				days,
				felt.get(unit, "Unknown"),
				well,
				(getdate(golive.day) - getdate(today)).days if golive else None,
				golive.name or "",
			)
		)
	return found


def coming_golives(units: list[str], today) -> dict[str, frappe._dict]:
	"""Unit -> the next go-live that touches it or a unit above it, within a quarter: name and day of the initiative."""
	rows = frappe.get_all(
		"CX Initiative",
		{
			"golive_date": ("between", [str(today), str(add_days(today, core.GOLIVE_FAR_DAYS))]),
			"stage": ("not in", (initiative.DRAFT, *initiative.REACHES_USERS, *initiative.SIDE)),
		},
		["name", "unit", "golive_date as day"],
		order_by="golive_date asc, name asc",
	)
	touched: dict[str, list[str]] = {row.name: [row.unit] for row in rows}
	for row in frappe.get_all(
		"CX Initiative Unit",
		{"parenttype": "CX Initiative", "parent": ("in", list(touched) or [""])},
		["parent", "unit"],
	):
		touched[row.parent].append(row.unit)
	wanted, found = set(units), {}
	parts = branches({top for tops in touched.values() for top in tops if top})
	for row in rows:
		for top in touched[row.name]:
			for unit in wanted.intersection(parts.get(top, ())):
				found.setdefault(unit, row)
	return found


def _last_visits(today) -> dict:
	"""Unit -> day of its last visit that took place, whichever way it went."""
	rows = frappe.get_all(
		visits.VISIT,
		{"state": ("in", machine.TOOK_PLACE), "starts_on": ("<", str(add_days(today, 1)))},
		["unit", "starts_on"],
		order_by="starts_on asc",
	)
	return {row.unit: getdate(row.starts_on) for row in rows}


def _felt(units: list[str]) -> dict[str, str]:
	"""Unit -> the newest light "what they feel"."""
	rows = frappe.get_all(
		"CX Unit Week", {"unit": ("in", units or [""])}, ["unit", "felt"], order_by="week asc, as_of asc"
	)
	return {row.unit: row.felt or "Unknown" for row in rows}


def _candidates(units: list[str], since):
	"""A function unit -> who could go: active agents, those who handle the unit's tickets marked."""
	agents = active_agents()
	handling = handlers(since, FEWEST_TICKETS, units)
	levels = knowledge.levels_on(getdate(nowdate()), units)
	away: dict[str, int] = {}
	person, visit = frappe.qb.DocType(visits.PERSON), frappe.qb.DocType(visits.VISIT)
	rows = (
		frappe.qb.from_(visit)
		.join(person)
		.on((person.parent == visit.name) & (person.side == visits.DESK))
		.select(person.user)
		.where(visit.state != machine.CANCELLED)
		.where(visit.starts_on >= since)
	).run()
	for (user,) in rows:
		away[user] = away.get(user, 0) + 1

	def of(unit: str) -> list[core.Candidate]:
		return [
			core.Candidate(
				user, user in handling.get(unit, {}), levels.get(unit, {}).get(user, 0.0), away.get(user, 0)
			)
			for user in agents
		]

	return of


def sentence(row: core.UnitFacts, since, visitor: str | None, handles: bool) -> str:
	"""Why this unit, in one sentence whose every number can be counted again."""
	parts = [_("{0} tickets since {1}").format(row.tickets, format_date(since))]
	if row.days_since_visit is None:
		parts.append(_("never visited"))
	else:
		parts.append(_("last visited {0} days ago").format(row.days_since_visit))
	if row.felt in ("Poor", "Mixed"):
		parts.append(_("what they feel is {0}").format(_(row.felt).lower()))
	if row.knowers == 0:
		parts.append(_("nobody of us knows them well"))
	elif row.knowers == 1:
		parts.append(_("only one of us knows them well"))
	if row.golive_days is not None:
		title, day = frappe.db.get_value("CX Initiative", row.golive, ["title", "golive_date"])
		parts.append(_("{0} goes live on {1}").format(title, format_date(day)))
	text = ", ".join(parts)
	if visitor and handles:
		text = _("{0}; {1} works on their tickets").format(text, get_fullname(visitor))
	return f"{text}."


def accept(name: str, row_name: str) -> str:
	"""Plan the proposed visit on the first day that suits; the visit's name. Accepted again, it is the same visit.

	The question about its effect is prepared with the units that were not drawn as comparison. Permission is the
	caller's matter.
	"""
	doc = frappe.get_doc(ROUND, name, for_update=True)
	row = next((row for row in doc.proposals if row.name == row_name), None)
	if row is None:
		frappe.throw(_("This proposal is not part of the round. Reload the page."))
	if row.visit:
		return row.visit
	if row.outcome == core.NOT_DRAWN:
		frappe.throw(
			_(
				"{0} was not drawn. It is what the visited units are compared with; propose it again in the next round."
			).format(frappe.bold(row.unit))
		)
	if not row.visitor:
		frappe.throw(_("Nobody could be found who goes. Plan the visit by hand."))
	visit = frappe.new_doc(visits.VISIT)
	host, family = visits.host_of(row.unit), relatives(row.unit)
	visit.update(
		{
			"unit": row.unit,
			"type": "Shadowing" if host else "Floor-walk",
			"host_contact": host,
			"people": [{"side": visits.DESK, "user": row.visitor}],
			"effect_question": _("Do the tickets of {0} fall after the visit?").format(row.unit),
			"comparison": [
				{"unit": other.unit, "note": _("Not drawn in the same round")}
				for other in doc.proposals
				if other.outcome == core.NOT_DRAWN and other.unit not in family
			],
		}
	)
	visit.flags.cx_kept = {"visit_round": doc.name, "proposal": row.sentence}
	_first_that_suits(visit)
	visit.insert()
	frappe.db.set_value("CX Visit Proposal", row.name, "visit", visit.name)
	return visit.name


def _first_that_suits(visit) -> None:
	"""The first weekday, morning or afternoon, on which nothing stands in the way."""
	day = getdate(add_days(nowdate(), NOTICE_DAYS))
	for ahead in range(SEARCHED_DAYS):
		on = day + timedelta(days=ahead)
		if on.weekday() >= 5:
			continue
		for at in TIMES:
			# Ten in the morning is what the clock on the unit's wall shows.
			visit.starts_on = clock.at_site(visit.unit, datetime.combine(on, at))
			visit.ends_on = visit.starts_on + visits.TWO_HOURS
			if suitable.suits(visit):
				return
	frappe.throw(_("No time in the next weeks suits. Plan the visit by hand, or with somebody else."))


def keep(doc) -> None:
	"""A round is a record: what was read and drawn is not changed."""
	before = doc.get_doc_before_save()
	if not before:
		return
	for name in ("made_on", "window_from", "window_to", "seed", "slots", "unit"):
		doc.set(name, before.get(name))
	doc.set("proposals", [row.as_dict() for row in before.proposals])


def _in_readers_words(row) -> str:
	"""A proposal's sentence made anew from the figures that were kept, in the reader's language.

	As it was written where an initiative that it names is gone.
	"""
	facts = frappe.parse_json(row.facts or "{}")
	names = {field.name for field in fields(core.UnitFacts)}
	if "handles" not in facts or (facts.golive and not frappe.db.exists("CX Initiative", facts.golive)):
		return row.sentence
	known = core.UnitFacts(**{name: value for name, value in facts.items() if name in names})
	return sentence(known, facts.window_from, row.visitor, facts.handles)


def show(doc) -> None:
	"""What the form shows of a round: the proposals in words."""
	if doc.is_new():
		return
	doc.set_onload(
		"proposals",
		[
			{
				"name": row.name,
				"unit": row.unit,
				"sentence": _in_readers_words(row),
				"outcome": row.outcome,
				"lot": row.lot,
				"visit": row.visit,
				"visitor": get_fullname(row.visitor) if row.visitor else "",
			}
			for row in doc.proposals
		],
	)
	doc.set_onload("old", (getdate(now_datetime()) - getdate(doc.made_on)).days if doc.made_on else 0)
