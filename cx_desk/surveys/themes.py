"""Themes in comments: counts by theme and period, and the comments behind them as far as a reader may read them.

The list of key words is CX Driver's own and editable; a comment may touch several themes or none.
"""

from collections import Counter
from datetime import timedelta

import frappe
from frappe import _

from cx_desk.core import intervals
from cx_desk.core import themes as core
from cx_desk.host import polarity
from cx_desk.surveys.card_counts import MACHINE, Scope

# So many comments are looked through, the latest; so many English ones are heard for their tone; so many are listed.
MOST_COMMENTS, MOST_HEARD, MOST_LISTED = 5000, 400, 100
# Asked for by this name: comments that touch no theme.
NONE = "-"


def check_driver(doc) -> None:
	"""Refuse a list of key words that would find everything or nothing."""
	messages = {
		"only a star": _(
			"A key word of only a star would find every comment. Write the beginning of a word before it."
		),
		"too long": _(
			"A key word may have {0} letters at most. Separate key words by commas or new lines."
		).format(core.LONGEST_WORD),
		"too many": _("A theme may have {0} key words at most.").format(core.MOST_WORDS),
	}
	if fault := core.problem(doc.keywords):
		frappe.throw(messages[fault], title=_("Key words"))


def listed() -> dict[str, tuple[str, ...]]:
	"""Theme -> key words, of every driver in use that has some."""
	rows = frappe.get_all(
		"CX Driver", filters={"disabled": 0}, fields=["name", "keywords"], order_by="name asc"
	)
	return {row.name: words for row in rows if (words := core.words_of(row.keywords))}


def _comments(scope: Scope, fields: tuple[str, ...]) -> list[tuple]:
	table = frappe.qb.DocType("CX Survey Response")
	return list(
		scope.narrow(
			frappe.qb.from_(table)
			.select(*(table[field] for field in fields))
			.where(table.survey == scope.survey)
			.where(table.event_day[scope.start : scope.end])
			.where(table.kind != MACHINE)
			.where(table.comment != "")
			.orderby(table.answered_at, order=frappe.qb.desc)
			.limit(MOST_COMMENTS),
			table,
		).run()
	)


def for_card(scope: Scope) -> dict | None:
	"""Themes of the period with the counts of the period before, for somebody who may read the rows."""
	themes = listed()
	usual = frappe.get_cached_value("CX Survey", scope.survey, "language") or ""
	rows = _comments(scope, ("comment", "low", "not_solved", "language", "event_day"))
	if not rows:
		return None
	days = (scope.end - scope.start).days + 1
	earlier = Scope(
		scope.survey,
		scope.start - timedelta(days=days),
		scope.start - timedelta(days=1),
		scope.unit,
		scope.team,
	)
	count, low, months = Counter(), Counter(), {}
	tones: dict[str, list[float]] = {}
	heard = without = 0
	for comment, is_low, not_solved, language, day in rows:
		found = core.themes_of(comment, themes)
		without += not found
		sound = None
		if found and (language or usual).startswith("en") and heard < MOST_HEARD:
			heard += 1
			sound = polarity.polarity(comment)
		for name in found:
			count[name] += 1
			low[name] += bool(is_low or not_solved)
			months.setdefault(name, Counter())[f"{day.year:04}-{day.month:02}"] += 1
			if sound is not None:
				tones.setdefault(name, []).append(sound)
	before = Counter(
		name for (comment,) in _comments(earlier, ("comment",)) for name in core.themes_of(comment, themes)
	)
	return {
		"comments": len(rows),
		"without": without,
		"note": _note(themes),
		"listed": [
			{
				"name": name,
				"count": n,
				"share": _share(n, len(rows)),
				"low": low[name],
				"before": before[name],
				"months": dict(sorted(months[name].items())),
				"hint": _hint(tones.get(name)),
			}
			for name, n in count.most_common()
		],
	}


def _share(count: int, n: int) -> dict:
	found = intervals.wilson(count, n)
	return {"value": found.value, "low": found.low, "high": found.high, "n": n, "method": found.method}


def _hint(tones: list[float] | None) -> str:
	if not tones:
		return "–"
	words = {
		"rather negative": _("rather negative"),
		"rather positive": _("rather positive"),
		"mixed": _("mixed"),
	}
	return _("{0} ({1} in English)").format(words[core.tone(tones)], len(tones))


def _note(themes: dict) -> str:
	if not themes:
		return _("No theme has key words yet. Write some into a CX Driver, in any language your people use.")
	if not polarity.is_there():
		return _("The tone is not shown: the library for it (textblob) is not installed on this site.")
	return _(
		"The tone is a guess of a word list for English comments, a hint and no figure. Read the comments."
	)


def comments(scope: Scope, theme: str) -> list[dict]:
	"""The comments behind a theme, newest first, only those that the signed-in reader may read. NONE for the rest."""
	themes = listed()
	if theme != NONE and theme not in themes:
		frappe.throw(_("There is no theme of this name with key words."), frappe.DoesNotExistError)
	filters: dict = {
		"survey": scope.survey,
		"event_day": ["between", [scope.start, scope.end]],
		"kind": ["!=", MACHINE],
		"comment": ["!=", ""],
	}
	if scope.units is not None:
		filters["unit"] = ["in", scope.units]
	if scope.team:
		filters["team"] = scope.team
	rows = frappe.get_list(
		"CX Survey Response",
		filters=filters,
		fields=["name", "comment", "event_day", "unit", "score", "main_type", "low", "not_solved"],
		order_by="answered_at desc",
		limit=MOST_COMMENTS,
	)
	found = []
	for row in rows:
		touched = core.themes_of(row.comment, themes)
		if (theme in touched) if theme != NONE else not touched:
			found.append(
				{
					"name": row.name,
					"comment": row.comment,
					"day": str(row.event_day),
					"unit": row.unit or "",
					"low": bool(row.low or row.not_solved),
					"themes": touched,
				}
			)
			if len(found) == MOST_LISTED:
				break
	return found
