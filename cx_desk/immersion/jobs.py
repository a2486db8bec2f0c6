"""What the scheduler does for visits."""

from cx_desk.immersion import effects


def cx_look_at_visits() -> None:
	"""Daily: judge the visits whose weeks after are over."""
	effects.work_out_due()
