"""What the scheduler does for visits."""

from cx_desk.immersion import effects, knowledge


def cx_look_at_visits() -> None:
	"""Daily: judge the visits whose weeks after are over, and work out who knows which unit."""
	effects.work_out_due()
	knowledge.work_out()
