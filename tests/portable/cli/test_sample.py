"""Simulated answers: labelled, the same for the same seed, from a log of events or of incidents."""

import csv
import gzip

import pytest

from cx_desk.cli import main
from cx_desk.cli.sample import HEADINGS

EVENTS = """number,incident_state,reopen_count,made_sla,caller_id,opened_at,location,priority,assignment_group,resolved_at,closed_at
0001,New,0,true,7,29/2/2016 01:16,143,3,56,?,?
0001,Resolved,0,true,7,29/2/2016 01:16,143,3,58,29/2/2016 11:29,5/3/2016 12:00
0002,New,0,true,8,1/3/2016 09:00,?,2,56,?,?
0002,Closed,1,false,8,1/3/2016 09:00,165,2,56,13/3/2016 09:00,20/3/2016 09:00
"""
REDUCED = """number,at,state,group,priority,opened,caller,location,category,channel,agent
0001,2016-02-29 01:23,New,56,3,2016-02-29 01:16,2403,143,55,Phone,
0001,2016-02-29 08:53,Resolved,,,,,,,,
0001,2016-03-05 12:00,Closed,,,,,,,,
0002,2016-03-01 01:23,New,24,2,2016-03-01 01:16,11,93,55,Phone,
"""


def rows_of(tmp_path, text, *flags):
	log, out = tmp_path / "log.csv", tmp_path / "out.csv"
	log.write_bytes(text if isinstance(text, bytes) else text.encode())
	assert main(["sample", str(log), "--out", str(out), *flags]) == 0
	with open(out, encoding="utf-8", newline="") as file:
		return list(csv.DictReader(file))


def test_events_become_incidents(tmp_path):
	rows = rows_of(tmp_path, EVENTS)
	assert tuple(rows[0]) == HEADINGS
	assert [row["Ticket"] for row in rows] == ["0001", "0002"]
	assert rows[0]["Team"] == "Group 58"
	assert rows[0]["Resolution Date"] == "2016-02-29 11:29"
	assert (rows[0]["SLA Status"], rows[1]["SLA Status"]) == ("Fulfilled", "Failed")
	assert rows[1]["Business Unit"] == "Location 165"


def test_the_reduced_copy_and_gzip(tmp_path):
	rows = rows_of(tmp_path, gzip.compress(REDUCED.encode()))
	assert [row["Resolution Date"] for row in rows] == ["2016-02-29 08:53", ""]
	assert rows[0]["SLA Status"] == "Fulfilled"
	assert rows[1]["Rating (simulated)"] == ""


def test_one_row_per_incident(tmp_path):
	text = "id,team,opened,resolved,customer\n" + "".join(
		f"{i},=Desk,2026-01-{1 + i % 28:02d},2026-02-01,Unit {i % 9}\n" for i in range(2000)
	)
	rows = rows_of(tmp_path, text)
	assert len(rows) == 2000
	answered = [row for row in rows if row["Rating (simulated)"]]
	assert 300 < len(answered) < 550
	assert all(row["Asked (simulated)"] == "1" for row in answered)
	assert {row["Team"] for row in rows} == {"'=Desk"}  # a formula stays text
	assert all(row["Rating (simulated)"] in "12345" for row in answered)


def test_the_same_seed_gives_the_same_file(tmp_path):
	assert rows_of(tmp_path, EVENTS, "--seed", "5") == rows_of(tmp_path, EVENTS, "--seed", "5")
	text = "id,opened,resolved\n" + "".join(f"{i},2026-01-01,2026-02-01\n" for i in range(200))
	assert rows_of(tmp_path, text, "--seed", "5") != rows_of(tmp_path, text, "--seed", "6")


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "number,opened_at\n"])
def test_no_log_is_said(tmp_path, capsys, text):
	log = tmp_path / "log.csv"
	log.write_text(text)
	assert main(["sample", str(log), "--out", str(tmp_path / "out.csv")]) == 2
	assert "incidents" in capsys.readouterr().err
	assert not list(tmp_path.glob("out.csv*"))
