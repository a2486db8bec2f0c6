"""Did finished work bring people back? Always beside how far low answers rebound unaided.

A low answer is followed by a better one more often than not, whatever was done (regression to the mean), so a
recovery rate alone flatters. Those asked a second time who do not answer stay in the denominator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cx_desk.core.intervals import Change, Estimate, check_count, difference, mean_t, wilson


@dataclass(frozen=True)
class Recovery:
	"""Second answers after low first ones, with and without finished work.

	helped: of all with finished work, those who came back good. unaided: the same without; None where nobody is.
	beyond_rebound: helped less unaided, with its interval; None where there is nothing to compare with.
	settled: of those asked outright whether it is settled, those who said yes, the silent ones in the denominator.
	paired: mean change of score of those who answered twice, None under two pairs.
	"""

	helped: Estimate
	unaided: Estimate | None
	beyond_rebound: Change | None
	settled: Estimate | None
	paired: Estimate | None

	@property
	def shown(self) -> bool:
		"""Whether the work did more than time alone would have."""
		return self.beyond_rebound is not None and self.beyond_rebound.low > 0


def recovery(
	helped_good: int,
	helped_all: int,
	unaided_good: int = 0,
	unaided_all: int = 0,
	*,
	settled_yes: int = 0,
	settled_asked: int = 0,
	pairs: Sequence[tuple[float, float]] = (),
	confidence: float = 0.95,
) -> Recovery:
	"""Recovery beside the rebound. All denominators hold those who did not answer again.

	helped_all: low answers with finished work that were asked again; helped_good: those back at a good answer.
	unaided_all, unaided_good: the same for low answers without finished work. pairs: (first, second) scores.
	ValueError on impossible counts or no low answer with finished work.
	"""
	if check_count(helped_all, "helped_all") == 0:
		raise ValueError("no low answer with finished work was asked again yet")
	helped = wilson(helped_good, helped_all, confidence)
	unaided = wilson(unaided_good, unaided_all, confidence) if check_count(unaided_all) else None
	settled = wilson(settled_yes, settled_asked, confidence) if check_count(settled_asked) else None
	paired = mean_t([second - first for first, second in pairs], confidence) if len(pairs) > 1 else None
	return Recovery(helped, unaided, difference(unaided, helped) if unaided else None, settled, paired)
