"""What the scheduler does for visits."""

from cx_desk.immersion import effects, knowledge, recurring


def cx_look_at_visits() -> None:
	"""Daily: judge visits whose weeks after are over, make up for missed repeats, work out who knows which unit."""
	effects.work_out_due()
	recurring.catch_up()
	knowledge.work_out()
