"""What a unit wants, in its own words: at most five, whose words, and where our figure disagrees with theirs. Pure.

"Deliver what your customers want, not what you think you are good at." Importance and how we do are theirs, from
1 to 5; the figure is ours, with a target. The mark says where the two disagree.
"""

from __future__ import annotations

from collections.abc import Sequence

MOST = 5

GOOD, MIDDLE, POOR = "good", "middle", "poor"
AGREE, WORSE, BETTER, UNKNOWN = "Both agree", "They feel worse", "They feel better", "Not known"

# Figures that we can put beside a want without typing them; "Own figure" is typed with its target.
EXPERIENCE, SLA, TOLD, OWN = "Satisfied answers", "Service level met", "Told and settled", "Own figure"


def N_(text: str) -> str:
	"""Mark a text for the catalogue; it is translated where it is shown."""
	return text


def theirs(how_we_do: int | None) -> str | None:
	"""Their own judgement: 1 and 2 poor, 3 between, 4 and 5 good; None where they were not asked.

	ValueError for what does not lie between 1 and 5.
	"""
	if not how_we_do:
		return None
	if not 1 <= how_we_do <= 5:
		raise ValueError("how we do lies between 1 and 5")
	return POOR if how_we_do <= 2 else GOOD if how_we_do >= 4 else MIDDLE


def ours(value: float | None, target: float | None) -> str | None:
	"""Our figure against its target: good at or over it, poor below; None where one is not known."""
	if value is None or target is None:
		return None
	return GOOD if value >= target else POOR


def mark(how_we_do: int | None, value: float | None, target: float | None) -> str:
	"""Where the two disagree: they call poor what our figure calls good, or the other way round."""
	said, measured = theirs(how_we_do), ours(value, target)
	if said is None or measured is None:
		return UNKNOWN
	if said == POOR and measured == GOOD:
		return WORSE
	if said == GOOD and measured == POOR:
		return BETTER
	return AGREE


def problem(wants: Sequence[tuple[str | None, bool]]) -> str | None:
	"""What is wrong with a unit's wants, as (words, whether somebody is named); None where nothing is.

	Empty words, a want that is nobody's, the same want twice, more than five.
	"""
	if len(wants) > MOST:
		return N_("A unit has at most five wants, so that they can be kept in mind. Take one out first.")
	seen = set()
	for words, named in wants:
		text = " ".join((words or "").split()).casefold()
		if not text:
			return N_("Write the want down in their own words.")
		if not named:
			return N_("Say whose words the want is: choose a contact or give a name.")
		if text in seen:
			return N_("The same want stands there twice.")
		seen.add(text)
	return None
