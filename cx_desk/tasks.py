"""The scheduler's jobs: each calls one use case and notes in CX Settings when it last ran."""


def cx_ask_due() -> None:
	"""Decide the ledger rows that are due and queue their mails."""


def cx_act_on_answers() -> None:
	"""Turn answers that need somebody into voices."""


def cx_follow_delivery() -> None:
	"""Copy what became of the mails into the ledger."""


def cx_reconcile() -> None:
	"""Add ledger rows that a logged error left out."""


def cx_nightly() -> None:
	"""Snapshots of distinct people, and retention."""


def cx_monday_mail() -> None:
	"""The Monday mail to managers and liaisons."""
