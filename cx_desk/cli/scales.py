"""Which scale a column of scores is on, said or found, and what score is taken from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cx_desk.cli.reading import InputError
from cx_desk.core.intervals import Estimate
from cx_desk.core.scores import TOP_BOX, ces, csat, nps, stars

# Name of the scale -> (lowest, highest).
SCALES = {
	"stars": (0, 1),  # Helpdesk's own: a share of five stars, 0 for not rated
	"0-1": (0, 1),
	"1-2": (1, 2),
	"1-3": (1, 3),
	"1-4": (1, 4),
	"1-5": (1, 5),
	"1-6": (1, 6),
	"1-7": (1, 7),
	"1-10": (1, 10),
	"0-10": (0, 10),
}
KINDS = {"csat": "CSAT", "nps": "NPS", "ces": "Customer effort (CES 2.0)", "net": "Net score"}


@dataclass(frozen=True)
class Scale:
	"""name: of SCALES. kind: csat, nps, ces or net. found: how it was decided, to be said."""

	name: str
	kind: str
	found: str

	@property
	def points(self) -> int:
		"""How many points the scale has once stars are whole and 0-1 is 1-2."""
		return {"stars": 5, "0-1": 2, "0-10": 11}.get(self.name, SCALES[self.name][1])

	@property
	def first(self) -> int:
		return 0 if self.name == "0-10" else 1

	@property
	def values(self) -> range:
		return range(self.first, self.first + self.points)

	def read(self, value: float) -> int | None:
		"""The whole value on the scale, None where it is not on it. Halves go up, as everywhere."""
		low, high = SCALES[self.name]
		if not low <= value <= high:
			return None
		if self.name == "stars":
			return stars(value) if value > 0 else None
		if self.name == "0-1":
			return int(value) + 1 if value in (0, 1) else None
		return _bucket(value) if self.kind in ("nps", "net") else min(high, int(value + 0.5))

	def is_low(self, value: int) -> bool:
		"""A low answer: 1 or 2 of 5, and alike on other scales; a detractor for net scores."""
		if self.kind in ("nps", "net"):
			return value < 7
		if self.kind == "ces":
			return value < 4
		return value <= {2: 1, 3: 1, 4: 1, 5: 2, 6: 2, 7: 3, 10: 4}[self.points]

	def score(self, counts: Mapping[int, int], effective: float | None = None) -> Estimate:
		"""The score of a table of counts."""
		if self.kind == "ces":
			return ces(counts, effective=effective)
		if self.kind in ("nps", "net"):
			return nps(counts, effective=effective)
		return csat(counts, points=self.points, effective=effective)

	@property
	def title(self) -> str:
		if self.kind == "csat":
			top = TOP_BOX[self.points]
			best = [str(value) for value in self.values][-top:]
			return f"CSAT: share of {' and '.join(best) if top < 3 else '-'.join((best[0], best[-1]))} of {self.points}"
		return {
			"nps": "NPS: % of 9 and 10 less % of 0 to 6",
			"net": "Net score: % of 9 and 10 less % of 0 to 6",
			"ces": "Customer effort (CES 2.0): mean on 1 to 7, 7 is easy",
		}[self.kind]

	@property
	def unit(self) -> str:
		"""How the value is written: share (0 to 1), net (-100 to 100) or mean."""
		return {"csat": "share", "ces": "mean"}.get(self.kind, "net")


def _bucket(value: float) -> int:
	"""6.5 is a detractor and 8.5 a passive: cut down, so that rounding makes nobody a promoter."""
	return int(value)


def find_scale(
	name: str,
	counts: Mapping[float, int],
	*,
	said_scale: str | None = None,
	said_kind: str | None = None,
	heading: str = "",
	heading_kind: str | None = None,
) -> Scale:
	"""The scale of one file's scores from the values and how often each stood there.

	A value far off the rest (fewer than one in fifty rows) is an impossible score and does not decide. InputError
	where the column mixes two scales, or is on none.
	"""
	if said_scale:
		return Scale(said_scale, _kind(name, said_scale, said_kind or heading_kind), "as said")
	total = sum(counts.values())
	host = "feedbackrating" in heading or heading == "rating"
	inside = sum(n for value, n in counts.items() if 0 < value < 1)
	above = sum(n for value, n in counts.items() if value > 1)
	if inside and above:
		few = min(inside, above)
		if few * 50 >= total or few > 100:
			raise InputError(
				f"{name} mixes two scales in one column: {inside:,} scores lie between 0 and 1 and {above:,} above 1. "
				"Split the file, or say which counts with --scale (the others are then named and skipped)"
			)
	if inside > above or (host and not above):
		return Scale(
			"stars", _kind(name, "stars", said_kind), "shares of five stars, as Helpdesk stores them"
		)
	if not above:
		return Scale("0-1", _kind(name, "0-1", said_kind), "only 0 and 1: no and yes")

	# Many tools write 0 for not rated; it speaks for 0 to 10 only where the scores reach beyond 7.
	rated = total - counts.get(0.0, 0)

	def share_outside(low: float, high: float) -> float:
		return sum(n for value, n in counts.items() if value and not low <= value <= high) / rated

	kind = said_kind or heading_kind
	if kind in ("nps", "net"):
		candidates = ["0-10"]
	elif kind == "ces":
		candidates = ["1-7"]
	else:
		candidates = ["1-5", "1-7", "0-10" if 0.0 in counts else "1-10"]
	for candidate in candidates:
		if share_outside(*SCALES[candidate]) < 0.02:
			zeros = counts.get(0.0, 0)
			found = f"values from {_plain(min(counts))} to {_plain(max(counts))}"
			if candidate == "1-5" and zeros:
				found += "; 0 counts as not rated"
			return Scale(candidate, _kind(name, candidate, kind), found)
	raise InputError(
		f"{name}: the scores run from {_plain(min(counts))} to {_plain(max(counts))}, which is no scale known here. "
		f"Say it with --scale (one of {', '.join(SCALES)}), or name another column with --score"
	)


def _plain(value: float) -> str:
	return f"{value:g}"


def _kind(name: str, scale: str, kind: str | None) -> str:
	if kind in ("nps", "net"):
		if scale != "0-10":
			raise InputError(f"{name}: a net score needs answers from 0 to 10, and these are on {scale}")
		return kind
	if kind == "ces":
		if scale != "1-7":
			raise InputError(f"{name}: customer effort needs answers from 1 to 7, and these are on {scale}")
		return kind
	return "net" if scale == "0-10" else "csat"
