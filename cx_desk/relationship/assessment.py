"""The desk's own assessment: begins with the four questions of the standard, and says what the next level needs."""

from frappe import _
from frappe.utils import cstr, format_date

from cx_desk.core import maturity


def prepare(doc) -> None:
	"""A new assessment without criteria begins with those of the standard."""
	if not doc.criteria:
		doc.extend("criteria", first_criteria())


def first_criteria() -> list[dict]:
	"""The questions of the standard as rows, in the reader's language."""
	return [{"level": level, "criterion": _(words)} for level, words in maturity.FIRST_CRITERIA]


def judge(doc) -> None:
	"""Set the level that is reached, and what the next one needs."""
	result = maturity.reached(
		maturity.Criterion(row.level, cstr(row.criterion), bool(row.met), cstr(row.evidence))
		for row in doc.criteria
	)
	doc.level = result.level
	lines = [_("Name the evidence for: {0}").format(row.words) for row in result.unproven]
	lines += [_("{0}: {1}").format(_(row.level), row.words) for row in result.missing if not row.met]
	doc.next_step = "\n".join(lines) or None
	level = _(doc.level) if doc.level else _("No level yet")
	doc.title = f"{level}, {format_date(doc.assessed_on)}"
