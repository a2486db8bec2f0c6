"""Fetching answers from survey tools: Formbricks, Typeform and LimeSurvey, a page at a time.

Each tool yields pages of External answers and says with each what to remember. A reader that stops half-way begins again
where the last whole reading ended, less an overlap: answers may be seen twice, and are never missed.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from cx_desk.core import source_shapes
from cx_desk.outbound.web import Client, Failed

PAGE = 200
# Tools deliver late, and their clocks differ from ours.
OVERLAP = timedelta(days=1)
ADDRESSES = {
	source_shapes.FORMBRICKS: "https://app.formbricks.com",
	source_shapes.TYPEFORM: "https://api.typeform.com",
}
# A guard against a server that never ends.
MOST_PAGES = 5000


@dataclass(frozen=True)
class Access:
	"""How to ask a tool: kind, address, the tool's own number of the survey, user (LimeSurvey) and key or password."""

	kind: str
	address: str
	survey: str
	user: str = ""
	key: str = ""


@dataclass(frozen=True)
class Page:
	"""answers: of this page, what could not be read left out (unreadable counts those). cursor: where the next
	reading may begin; set on the last page of a whole reading only, and on every page where the tool's order allows it."""

	answers: tuple[source_shapes.External, ...]
	unreadable: int = 0
	cursor: str = ""


def pages(client: Client, access: Access, cursor: str) -> Iterator[Page]:
	"""The pages since the cursor; from the beginning where it is empty. Refused or Failed as of Client.ask."""
	reader = {
		source_shapes.FORMBRICKS: _formbricks,
		source_shapes.TYPEFORM: _typeform,
		source_shapes.LIMESURVEY: _limesurvey,
	}[access.kind]
	return reader(client, access, cursor)


def _url(access: Access, path: str) -> str:
	return (access.address or ADDRESSES.get(access.kind, "")).rstrip("/") + path


def _read(rows, reader) -> tuple[list[source_shapes.External], int]:
	answers, unreadable = [], 0
	for row in rows:
		try:
			answers.append(reader(row if isinstance(row, dict) else {}))
		except source_shapes.BadShape:
			unreadable += 1
	return answers, unreadable


def _rows(data: object, name: str) -> list:
	rows = data.get(name) if isinstance(data, dict) else None
	if not isinstance(rows, list):
		raise Failed(f"the answer has no list '{name}'; is the address right?")
	return rows


def _formbricks(client: Client, access: Access, cursor: str) -> Iterator[Page]:
	"""Newest changes first, back to the day before the last whole reading began."""
	since = source_shapes.read_moment(cursor)
	began = datetime.now(timezone.utc)
	for number in range(MOST_PAGES):
		data = client.ask(
			"GET",
			_url(access, "/api/v2/management/responses"),
			headers={"x-api-key": access.key},
			params={
				"surveyId": access.survey,
				"limit": PAGE,
				"skip": number * PAGE,
				"sortBy": "updatedAt",
				"order": "desc",
			},
		).data
		rows = _rows(data, "data")
		answers, unreadable = _read(rows, lambda row: source_shapes.read_formbricks(row, access.survey))
		seen = [answer.answered_at for answer in answers if answer.answered_at]
		reached = bool(since and seen and min(seen) < since - OVERLAP)
		whole = reached or len(rows) < PAGE
		yield Page(tuple(answers), unreadable, began.isoformat() if whole else "")
		if whole:
			return


def _typeform(client: Client, access: Access, cursor: str) -> Iterator[Page]:
	"""Newest first, each page before the last answer of the one before it."""
	since = source_shapes.read_moment(cursor)
	began, before = datetime.now(timezone.utc), ""
	for _number in range(MOST_PAGES):
		params = {"page_size": PAGE, "response_type": "completed"}
		if since:
			params["since"] = (since - OVERLAP).strftime("%Y-%m-%dT%H:%M:%SZ")
		if before:
			params["before"] = before
		data = client.ask(
			"GET",
			_url(access, f"/forms/{access.survey}/responses"),
			headers={"Authorization": f"Bearer {access.key}"},
			params=params,
		).data
		rows = _rows(data, "items")
		answers, unreadable = _read(rows, source_shapes.read_typeform)
		whole = len(rows) < PAGE
		yield Page(tuple(answers), unreadable, began.isoformat() if whole else "")
		if whole:
			return
		before = str(rows[-1].get("token") or "")
		if not before:
			raise Failed("the answer names no token to go on from")


def _limesurvey(client: Client, access: Access, cursor: str) -> Iterator[Page]:
	"""By the number of the answer, upwards. An unfinished answer holds the cursor back: it may be finished later."""
	caller = _Remote(client, access)
	session = caller.call("get_session_key", access.user, access.key)
	if not isinstance(session, str):
		raise Failed(f"LimeSurvey: {_status(session)}", 401)
	try:
		begin, held = max(1, int(cursor or 1)), 0
		for _number in range(MOST_PAGES):
			rows = caller.responses(session, begin, begin + PAGE - 1)
			if not rows:
				# A gap in the numbers, or the end.
				rows = caller.responses(session, begin + PAGE, None)
				if not rows:
					return
			answers, unreadable = _read(rows, source_shapes.read_limesurvey)
			numbers = [int(row["id"]) for row in rows if str(row.get("id", "")).isdecimal()]
			if not numbers:
				raise Failed("LimeSurvey: the answers have no number")
			open_numbers = [
				int(answer.id) for answer in answers if not answer.finished and answer.id.isdecimal()
			]
			held = held or (min(open_numbers) if open_numbers else 0)
			begin = max(numbers) + 1
			yield Page(tuple(answers), unreadable, str(_not_too_far_back(held, begin)))
	finally:
		caller.release(session)


def _not_too_far_back(held: int, begin: int) -> int:
	# Who left months ago will not come back; without a limit one such answer would have everything read each time.
	return max(held, begin - 1000) if held else begin


class _Remote:
	"""LimeSurvey's RemoteControl 2 by JSON-RPC."""

	def __init__(self, client: Client, access: Access):
		self.client, self.access = client, access
		self.url = _url(access, "" if "remotecontrol" in access.address else "/index.php/admin/remotecontrol")

	def call(self, method: str, *params):
		data = self.client.ask(
			"POST", self.url, body={"method": method, "params": list(params), "id": 1}
		).data
		if not isinstance(data, dict) or data.get("error"):
			raise Failed(f"LimeSurvey: {_status(data.get('error') if isinstance(data, dict) else data)}")
		return data.get("result")

	def responses(self, session: str, first: int, last: int | None) -> list[dict]:
		result = self.call(
			"export_responses",
			*(session, self.access.survey, "json", None, "all", "code", "short", first, last),
		)
		if isinstance(result, dict):
			status = _status(result)
			# That there is none yet is no failure.
			if status.lower().startswith(("no data", "no response")):
				return []
			raise Failed(f"LimeSurvey: {status}")
		try:
			rows = json.loads(base64.b64decode(result or "")).get("responses") or []
		except (ValueError, TypeError, AttributeError):
			raise Failed("LimeSurvey: the answers are not JSON") from None
		# Old versions wrap each answer in its number: {"7": {...}}.
		return [
			next(iter(row.values())) if len(row) == 1 and isinstance(next(iter(row.values())), dict) else row
			for row in rows
			if isinstance(row, dict) and row
		]

	def release(self, session: str) -> None:
		try:
			self.call("release_session_key", session)
		except Failed:
			# The session ends by itself; what was read stands.
			pass


def _status(result: object) -> str:
	if isinstance(result, dict):
		return str(result.get("status") or result.get("message") or "no reason given")[:200]
	return str(result or "no reason given")[:200]
