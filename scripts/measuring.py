"""`make perf`: measure on the test site, print every row, and write the page when asked."""

import json
import os
from datetime import date

import machine
from machine import ROOT, Missing, fail, hide, run, say
from testing import TEST_SITE, OnBench

PAGE = ROOT / "docs" / "reference" / "performance.md"


def main(rows: list[str], write: bool) -> int:
	shared = OnBench()
	try:
		shared.prepare()
		return _measure(shared, rows, write)
	except (Missing, RuntimeError) as error:
		fail(hide(f"not measured: {error}"))
	finally:
		shared.close()
	return 1


def _measure(shared: OnBench, rows: list[str], write: bool) -> int:
	script = shared.folder / "tests" / "load" / "perf.py"
	out = shared.processes.logs / "perf.txt"
	# As a production process, not as a test: no CI, no test mode.
	env = {**shared.env, "PYTHONPATH": str(shared.folder)}
	env.pop("CI", None)
	command = f"{shared.bench.python} {script} {TEST_SITE} {' '.join(rows)} > {out}; echo $? >> {out}"
	run(
		["sh", "-c", command],
		user=shared.bench.owner,
		cwd=shared.bench.sites,
		env=env,
		quiet=False,
		check=False,
	)
	text = out.read_text()
	say(text.split("\n@@")[0])
	if "@@" not in text:
		fail("the measurement broke off")
	found = json.loads(text.split("@@")[1].splitlines()[0])
	if write:
		_write(shared, found, bool(rows))
	return int(text.strip().splitlines()[-1])


def _write(shared: OnBench, rows: list[dict], some: bool) -> None:
	"""The page in docs, with what it was measured on. some: only these rows are new, the rest of the page stays."""
	word = {True: "met", False: "**not met**", None: ""}
	lines = [
		f"| {r['number']} | {r['what']} | {r['ours']} | {r['against']} | {r['ratio']} | {r['reach']} | {word[r['met']]} |"
		for r in rows
	]
	if some and PAGE.exists():
		lines = _renewed(PAGE.read_text().splitlines(), lines)
	else:
		lines = [
			"# Performance",
			"Each figure is a ratio of two sides taken in turn in one run; medians of at least five rounds.",
			f"Taken {date.today():%Y-%m-%d} with `make perf WRITE=1` on {os.cpu_count()} cores, Frappe "
			f"{shared.bench.version('frappe')}, Helpdesk {shared.bench.version('helpdesk')}.",
			"",
			"| # | What | Ours | Against | Ratio | Reach | |",
			"|---|---|---|---|---|---|---|",
			*lines,
		]
	PAGE.parent.mkdir(parents=True, exist_ok=True)
	PAGE.write_text("\n".join(lines) + "\n")
	machine.say(f"written to {PAGE}")


def _number(line: str) -> str:
	"""The number of a row of the page; empty for every other line."""
	return line.split("|")[1].strip() if line.startswith("| P") else ""


def _renewed(page: list[str], fresh: list[str]) -> list[str]:
	"""The page's lines with fresh rows in the place of those of the same numbers, new numbers at its end."""
	waiting: dict[str, list[str]] = {}
	for line in fresh:
		waiting.setdefault(_number(line), []).append(line)
	measured, lines = set(waiting), []
	for line in page:
		lines += waiting.pop(_number(line), []) if _number(line) in measured else [line]
	return lines + [line for rows in waiting.values() for line in rows]
