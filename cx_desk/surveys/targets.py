"""Experience targets (XLA): the figure behind each, its state, and what changed since the last look.

Looked at once a week, before the Monday mail: a state that is looked at daily changes by chance alone. The four states
are those of `core.scores.target_state`. Of confidential and anonymous surveys the last closed quarter counts, so that a
target says nothing that its readers may not see.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import cint, flt, format_date, get_datetime, getdate, now_datetime

from cx_desk.core import intervals, measures, periods, recovery, scores, survey_content, voice, watermelon
from cx_desk.core.render import svg
from cx_desk.core.render.text import MEAN, NET, SHARE, numbers_in, short, show
from cx_desk.host import error_log
from cx_desk.surveys import card_counts, versions
from cx_desk.surveys.card_counts import Scope
from cx_desk.units import closed_periods
from cx_desk.units import scope as reach

DOCTYPE = "CX Experience Target"
SCORE, RESPONSE, NOT_SOLVED, WATERMELON, RECOVERY, LOST_TIME = (
	*("Score", "Response rate", "Not solved", "Watermelon rate", "Recovery", "Lost time"),
)
LOW_IS_GOOD = (NOT_SOLVED, WATERMELON, LOST_TIME)
MINUTES = "minutes"
LAST_WEEK_KEY = "cx_targets_week"


@dataclass(frozen=True)
class Figure:
	"""A target's figure as it is written in the record: shares in percent. None where nobody answered."""

	estimate: intervals.Estimate | None
	unit: str

	@property
	def scale(self) -> float:
		return 100.0 if self.unit == SHARE else 1.0


def check(doc) -> None:
	"""Refuse a target that no figure could ever be held against, and one for units out of the writer's scope."""
	user = frappe.session.user
	if not reach.sees_everything(user) and not (doc.unit and reach.sees_unit(user, doc.unit)):
		frappe.throw(
			_("Choose one of your units. A target for the whole business is set by a CX Manager."),
			frappe.PermissionError,
		)
	kind = kind_of(doc)
	if doc.metric == SCORE and kind is None:
		frappe.throw(
			_(
				"This survey has no question on a scale of this name. Leave the question empty for the first one."
			)
		)
	if doc.metric == NOT_SOLVED and not versions.current_content(doc.survey)["ask_not_solved"]:
		frappe.throw(_("This survey does not ask whether it is solved."))
	lowest, highest = _ends(doc, kind)
	for field in ("target", "baseline"):
		if not lowest <= flt(doc.get(field)) <= highest and (field == "target" or doc.get(field)):
			frappe.throw(
				_("{0} must lie between {1} and {2}; it is {3}.").format(
					_(doc.meta.get_label(field)),
					*(short(each, frappe.local.lang) for each in (lowest, highest, flt(doc.get(field)))),
				)
			)
	before = doc.get_doc_before_save()
	if before and any(before.get(field) != doc.get(field) for field in _WHAT):
		# Another figure, or another line: what was found about the old one does not hold.
		figure = measure(doc)
		_write(doc, figure, _state(doc, figure))


_WHAT = ("survey", "metric", "question", "unit", "team", "target", "period")


def kind_of(doc) -> str | None:
	"""The counted kind of the question whose score counts; None where there is none."""
	content = versions.content_of(frappe.get_cached_doc("CX Survey", doc.survey))
	question = versions.main_question(content)
	if doc.question:
		question = next((row for row in content["questions"] if row["key"] == doc.question), None)
	return survey_content.counted_type(question) if question and survey_content.scale_of(question) else None


def unit_of(doc) -> str:
	"""How the figure is written: share, net, mean or minutes."""
	if doc.metric == LOST_TIME:
		return MINUTES
	if doc.metric != SCORE:
		return SHARE
	kind = kind_of(doc)
	return measures.unit_of(kind) if kind else SHARE


def _ends(doc, kind: str | None) -> tuple[float, float]:
	unit = unit_of(doc)
	if unit == SHARE:
		return 0.0, 100.0
	if unit == MINUTES:
		return 0.0, 20_160.0
	return measures.ends_of(kind)


def period_of(doc, today=None) -> tuple:
	"""First and last day of the target's period, as of a day (today)."""
	today = getdate(today)
	if doc.period == "Last whole month":
		found = periods.read(periods.whole_months(today, 1)[0], today)
	elif doc.period == "Last whole quarter":
		first = periods.read(periods.quarter_of(today), today).start
		found = periods.read(periods.quarter_of(first - timedelta(days=1)), today)
	else:
		found = periods.read((doc.period or "90 days").split()[0], today)
	return found.start, found.end


def measure(doc, today=None) -> Figure:
	"""The target's figure with interval; n is people where people are known."""
	privacy = frappe.get_cached_value("CX Survey", doc.survey, "privacy") or closed_periods.NAMED
	if privacy != closed_periods.NAMED:
		return Figure(_closed_figure(doc), unit_of(doc))
	start, end = period_of(doc, today)
	scope = Scope(doc.survey, start, end, doc.unit or "", doc.team or "")
	return Figure(_MEASURES[doc.metric](doc, scope), unit_of(doc))


def _score(doc, scope: Scope) -> intervals.Estimate | None:
	question = doc.question or (versions.main_question(versions.current_content(doc.survey)) or {}).get("key")
	kind = kind_of(doc)
	if not question or not kind:
		return None
	counts: Counter = Counter()
	for table in card_counts.by_day(scope, question).values():
		counts.update(table)
	counts = +counts
	if not counts:
		return None
	behind = card_counts.people(scope, question).get("", card_counts.Behind())
	return _with_people(kind, counts, behind.people, behind.effective)


def _with_people(kind: str, counts: Counter, people: int, effective: float) -> intervals.Estimate:
	worth = min(effective, sum(counts.values())) if effective else None
	return replace(measures.estimate(kind, counts, effective=worth), n=people)


def _closed_figure(doc) -> intervals.Estimate | None:
	"""The score of the last closed quarter, as far as it may be shown. Other metrics have no figure there."""
	quarters = closed_periods.closed(doc.survey)
	if doc.metric != SCORE or doc.team or not quarters:
		return None
	question = doc.question or (versions.main_question(versions.current_content(doc.survey)) or {}).get("key")
	unit = doc.unit or closed_periods.root()
	# A target's figure is the same for everybody who may see the target.
	found = closed_periods.read(doc.survey, quarters[-1], [unit], closed_periods.near_people())
	row = found.get(unit, {}).get(question)
	return _with_people(row.question_type, Counter(row.counts), row.people, row.effective_n) if row else None


def _response_rate(doc, scope: Scope) -> intervals.Estimate | None:
	asked, answered = card_counts.asked(scope).get("", (0, 0))
	return scores.response_rate(answered, asked) if asked and answered <= asked else None


def _not_solved(doc, scope: Scope) -> intervals.Estimate | None:
	counts: Counter = Counter()
	for table in card_counts.by_day(scope, "not_solved").values():
		counts.update(table)
	n = sum(counts.values())
	return intervals.wilson(counts.get(1, 0), n) if n else None


def _watermelon(doc, scope: Scope) -> intervals.Estimate | None:
	cells: Counter = Counter()
	for status, bad, count in card_counts.agreements(scope):
		cells[watermelon.agreement_met(status), bool(bad)] += int(count)
	met = cells[True, False] + cells[True, True]
	return intervals.wilson(cells[True, True], met) if met else None


def _recovery(doc, scope: Scope) -> intervals.Estimate | None:
	again = card_counts.asked_again(scope)
	return recovery.recovery(again.helped_good, again.helped_all).helped if again.helped_all else None


def _lost_time(doc, scope: Scope) -> intervals.Estimate | None:
	counts: Counter = Counter()
	for (_key, kind), by_version in card_counts.questions(scope).items():
		if kind == measures.LOST_TIME:
			for table in by_version.values():
				counts.update(table)
	counts = +counts
	return intervals.mean_t(counts) if sum(counts.values()) > 1 else None


_MEASURES = {
	SCORE: _score,
	RESPONSE: _response_rate,
	NOT_SOLVED: _not_solved,
	WATERMELON: _watermelon,
	RECOVERY: _recovery,
	LOST_TIME: _lost_time,
}


def _state(doc, figure: Figure) -> str:
	if figure.estimate is None:
		return scores.TOO_FEW
	fewest = cint(frappe.get_cached_doc("CX Settings").score_min_people) or scores.FEW_ANSWERS
	return scores.target_state(
		figure.estimate,
		flt(doc.target) / figure.scale,
		fewest=fewest,
		higher_is_better=doc.metric not in LOW_IS_GOOD,
	)


def state_of(target: str) -> str:
	"""Met, Missed, Not shown either way or Too few, as of the last look. DoesNotExistError for an unknown target."""
	state = frappe.db.get_value(DOCTYPE, target, "state")
	if state is None:
		frappe.throw(_("There is no target of this name."), frappe.DoesNotExistError)
	return state


def changes_since(moment) -> list[frappe._dict]:
	"""Changes of state since a moment, newest first: target, unit, survey, state, was, at, value, low, high, n.

	For rules that act on a missed target, and for the Monday mail; readers are kept to their scope by the caller.
	"""
	rows = frappe.get_all(
		"CX Target Step",
		filters={"parenttype": DOCTYPE, "at": [">", get_datetime(moment)], "was": ["is", "set"]},
		fields=["parent as target", "state", "was", "at", "value", "low", "high", "n"],
		order_by="at desc",
	)
	found = {
		row.name: row
		for row in frappe.get_all(
			DOCTYPE,
			filters={"name": ["in", [row.target for row in rows] or [""]], "enabled": 1},
			fields=["name", "target_name", "unit", "team", "survey", "metric", "target as line"],
		)
	}
	return [frappe._dict(found[row.target], **row) for row in rows if row.target in found]


def look(name: str, today=None) -> str:
	"""Take the figure of one target now and write its state, with a step where it changed; the state."""
	doc = frappe.get_doc(DOCTYPE, name, for_update=True)
	figure = measure(doc, today)
	state = _state(doc, figure)
	_write(doc, figure, state)
	doc.flags.ignore_version = True
	# The figures are the job's to write, whoever asked for them; only these columns and the new step are touched.
	doc.db_update()
	for row in doc.steps:
		if row.get("__islocal"):
			row.db_insert()
	return state


def _write(doc, figure: Figure, state: str) -> None:
	"""Set figure and state in the document."""
	now = now_datetime()
	found = figure.estimate
	doc.value, doc.low, doc.high = (
		(found.value * figure.scale, found.low * figure.scale, found.high * figure.scale)
		if found
		else (0, 0, 0)
	)
	doc.n, doc.method, doc.looked_at = (found.n, found.method, now) if found else (0, "", now)
	if doc.state == state and doc.state_since:
		return
	was = doc.state if doc.state_since else ""
	doc.state, doc.state_since = state, now
	doc.append(
		"steps",
		{
			"at": now,
			"state": state,
			"was": was,
			"value": doc.value,
			"low": doc.low,
			"high": doc.high,
			"n": doc.n,
			"creation": now,
			"modified": now,
			"owner": "Administrator",
			"modified_by": "Administrator",
		},
	)


def look_once_a_week() -> int:
	"""Look at every target that is on, once in a week; how many changed their state."""
	week = str(voice.week_of(getdate()))
	if frappe.db.get_global(LAST_WEEK_KEY) == week:
		return 0
	changed = 0
	for row in frappe.get_all(DOCTYPE, filters={"enabled": 1}, fields=["name", "state"]):
		try:
			changed += int(look(row.name) != row.state)
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			raise
		except Exception:
			# One target whose question is gone must not keep the others from being looked at.
			error_log.log("CX Desk: experience target", reference_doctype=DOCTYPE, reference_name=row.name)
	frappe.db.set_global(LAST_WEEK_KEY, week)
	return changed


# As readers see them.


def text_of(unit: str, value: float) -> str:
	"""A stored figure as it is written: percent with its sign, minutes, a net score, a mean."""
	if unit == MINUTES:
		return _("{0} min").format(f"{value:.0f}")
	with numbers_in(frappe.local.lang or "en"):
		return show(value / 100 if unit == SHARE else value, {SHARE: SHARE, NET: NET, MEAN: MEAN}[unit])


_COLUMNS = (
	"name",
	"target_name",
	"survey",
	"metric",
	"question",
	"unit",
	"team",
	"target",
	"baseline",
	"period",
)
_COLUMNS += ("review_date", "state", "state_since", "looked_at", "value", "low", "high", "n", "method")


def _listed(filters: dict) -> list[frappe._dict]:
	return frappe.get_list(
		DOCTYPE,
		filters={"enabled": 1, **filters},
		fields=list(_COLUMNS),
		order_by="unit asc, target_name asc",
		limit=50,
	)


def in_words(row) -> dict:
	"""A target's row as a page shows it."""
	unit = unit_of(row)
	sign = _("at most {0}") if row.metric in LOW_IS_GOOD else _("at least {0}")
	known = bool(row.method)
	place = " · ".join(part for part in (row.unit, row.team) if part)
	return {
		"name": f"{row.target_name} ({place})" if place else row.target_name,
		"link": frappe.utils.get_url_to_form(DOCTYPE, row.name).replace(frappe.utils.get_url(), ""),
		"target": sign.format(text_of(unit, row.target)),
		"value": text_of(unit, row.value) if known else "–",
		"interval": _("{0} to {1}").format(text_of(unit, row.low), text_of(unit, row.high)) if known else "–",
		"n": str(row.n) if known else "0",
		"method": row.method,
		"state": row.state,
		"since": str(row.state_since or ""),
		"looked_at": str(row.looked_at or ""),
		"metric": row.metric,
		"survey": row.survey,
		"review_date": str(row.review_date or ""),
		"id": row.name,
	}


def listed(*, survey: str = "", unit: str = "", team: str = "") -> list[frappe._dict]:
	"""Targets of a survey, of a unit with all below it, of a team, as the signed-in reader may see them."""
	filters: dict = {"survey": survey} if survey else {}
	if unit:
		filters["unit"] = ["descendants of (inclusive)", unit]
	if team:
		filters["team"] = team
	return _listed(filters)


def rows_for(*, survey: str = "", unit: str = "", team: str = "") -> list[dict]:
	"""The same in words, for pages."""
	return [in_words(row) for row in listed(survey=survey, unit=unit, team=team)]


def monday_section(user: str, since) -> dict | None:
	"""Targets whose state changed since then, for the Monday mail; None where none did."""
	visible = reach.visible_units(user)
	rows = [row for row in changes_since(since) if visible is None or row.unit in visible]
	if not rows:
		return None
	return {
		"title": _("Experience targets that changed"),
		"total": len(rows),
		"lines": [
			{
				"text": _("{0}: now {1}, was {2}").format(
					" · ".join(part for part in (row.target_name, row.unit) if part), _(row.state), _(row.was)
				),
				"link": frappe.utils.get_url_to_form(DOCTYPE, row.target),
				"name": row.target,
			}
			for row in rows[:8]
		],
		"more": max(0, len(rows) - 8),
		"more_link": frappe.utils.get_url("/app/cx-experience-target"),
		"empty": "",
	}


def review_section(pack) -> dict | None:
	"""The unit's targets in the service review pack; None where it has none."""
	rows = _listed({"unit": ["descendants of (inclusive)", pack.unit]})
	if not rows:
		return None
	listed = [(row, in_words(row)) for row in rows]
	return {
		"title": _("Experience targets"),
		"lines": [
			_("A target is met, or missed, only where its whole interval lies on one side of the line.")
		],
		"rows": [
			[_("Target"), _("To reach"), _("Now"), _("Interval"), "n", _("State"), _("Review on")],
			*(
				[
					*(words["name"], words["target"], words["value"], words["interval"], words["n"]),
					_(row.state),
					format_date(row.review_date) if row.review_date else "",
				]
				for row, words in listed
			),
		],
	}


def questions_of(survey: str) -> list[dict]:
	"""The questions of a survey that have a score, for the form: value and label."""
	content = versions.content_of(frappe.get_cached_doc("CX Survey", survey))
	return [
		{"value": row["key"], "label": row["question"]}
		for row in content["questions"]
		if survey_content.scale_of(row)
	]


def card_of(target: str) -> dict:
	"""A target as its form shows it: in words, with the bar of its interval and the line to reach."""
	doc = frappe.get_doc(DOCTYPE, target)
	words = in_words(doc)
	unit = unit_of(doc)
	bar = ""
	if doc.method:
		low, high = _ends(doc, kind_of(doc))
		if unit == MINUTES:
			high = max(doc.high, doc.target, 1) * 1.2
		label = _("{0}, interval {1} to {2}").format(
			*(text_of(unit, doc.get(key)) for key in ("value", "low", "high"))
		)
		bar = svg.interval_bar(doc.value, doc.low, doc.high, (low, high), doc.target, label)
	meaning = {
		scores.MET: _("Met: the whole interval lies on the good side of the line."),
		scores.MISSED: _("Missed: the whole interval lies on the bad side of the line."),
		scores.NOT_SHOWN: _("Not shown either way: the interval holds the line; more answers would tell."),
		scores.TOO_FEW: _("Too few people answered to say anything."),
	}
	return words | {
		"bar": bar,
		"meaning": meaning[doc.state],
		"baseline": text_of(unit, doc.baseline) if doc.baseline else "",
		"unit": unit,
	}
