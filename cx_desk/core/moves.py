"""What a state machine offers as next steps, and how it refuses one: shared by conversations, stories and visits.

A voice tells its moves by who may make them, an initiative gives every reason at once; both have moves of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Move:
	"""One next step: why_not (with named places in params) is empty exactly when it is allowed.

	params holds days, times and lists of states as such: units/next_steps.py writes them as the reader does. needs names what must come with it.
	"""

	key: str
	to: str
	label: str
	needs: tuple[str, ...] = ()
	why_not: str = ""
	params: dict[str, object] = field(default_factory=dict)

	@property
	def allowed(self) -> bool:
		return not self.why_not

	@property
	def reason(self) -> str:
		"""The reason in English with its places filled."""
		return self.why_not.format(
			**{
				name: ", ".join(value) if isinstance(value, tuple) else value
				for name, value in self.params.items()
			}
		)


class Blocked(ValueError):
	"""A step that is not possible now; `move` holds the reason and its places."""

	def __init__(self, move: Move) -> None:
		super().__init__(move.reason)
		self.move = move
