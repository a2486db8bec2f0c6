"""The surveys that come with the app, both off. Made by code that never overwrites an admin's change."""


def make_shipped_surveys() -> None:
	"""Make the shipped surveys and their trigger where they were never made."""
