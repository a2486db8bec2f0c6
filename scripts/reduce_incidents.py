"""Make fixtures/samples/incidents.csv.gz from the published incident log: all incidents, only what is used.

	python3 scripts/reduce_incidents.py incident_event_log.csv.gz

The source is the "Incident management process enriched event log" (see fixtures/samples/README.md). One row of it is
one event; kept are the first event of an incident and every later one that changes its state, group or
priority. What an incident has once (opening, caller, location, category, channel) stands in its first row only.
"""

import csv
import gzip
import io
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "fixtures" / "samples" / "incidents.csv.gz"
CHANGES = {"incident_state": "state", "assignment_group": "group", "priority": "priority"}
ONCE = {
	"opened_at": "opened",
	"caller_id": "caller",
	"location": "location",
	"category": "category",
	"contact_type": "channel",
	"assigned_to": "agent",
}
COLUMNS = ["number", "at", *CHANGES.values(), *ONCE.values()]
# A state that the log's authors could not name; five rows of three incidents.
UNNAMED_STATE = "-100"


def moment(text: str) -> str:
	return datetime.strptime(text, "%d/%m/%Y %H:%M").strftime("%Y-%m-%d %H:%M")


def known(text: str) -> str:
	return "" if text == "?" else text


def reduced(rows: Iterator[dict]) -> Iterator[dict]:
	"""The rows to keep, in the log's order; an unchanged value is left empty, as is an unknown one."""
	number, last = None, {}
	for row in rows:
		if row["incident_state"] == UNNAMED_STATE:
			continue
		values = {new: known(row[old]) for old, new in CHANGES.items()}
		if row["number"] != number:
			number, last = row["number"], values
			once = {new: known(row[old]) for old, new in ONCE.items()}
			once["opened"] = moment(row["opened_at"])
			yield {"number": number, "at": moment(row["sys_updated_at"]), **values, **once}
			continue
		changed = {name: value for name, value in values.items() if value and value != last[name]}
		if changed:
			last = {**last, **changed}
			yield {"number": number, "at": moment(row["sys_updated_at"]), **changed}


def main(source: str) -> None:
	text = io.StringIO()
	writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
	writer.writeheader()
	with gzip.open(source, "rt", encoding="utf-8") as log:
		kept = 0
		for row in reduced(csv.DictReader(log)):
			writer.writerow(row)
			kept += 1
	# No time and no name in the header, so that the same source gives the same bytes.
	with TARGET.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
		packed.write(text.getvalue().encode())
	print(f"{kept:,} rows, {TARGET.stat().st_size:,} bytes: {TARGET}")


if __name__ == "__main__":
	if len(sys.argv) != 2:
		sys.exit(__doc__)
	main(sys.argv[1])
