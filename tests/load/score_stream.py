"""Measure `python -m cx_desk score` on a large file: memory, and speed against a plain `csv` read of the same file.

python tests/load/score_stream.py [--rows 10000000] [--rounds 5] [--answered 0.15] [--keep DIR]

Both sides run in turn, each in a process of its own, in the same run; medians are printed. Fails above 200 MB, or
below a quarter of the plain read's speed. No timed test: machines differ.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIMIT_MB = 200
LEAST_RATIO = 0.25
PLAIN = "import csv, sys\nfor row in csv.reader(open(sys.argv[1], encoding='utf-8', newline='')): pass"


def make(path: Path, rows: int, answered: float, people: int, seed: int = 1) -> None:
	"""An export with the columns that the scorecard uses: 500 units, 40 teams, two years."""
	rng = random.Random(seed)
	block = 100_000
	with open(path, "w", encoding="utf-8", newline="") as file:
		file.write(
			"Name,Customer,Team,Resolution Date,Raised By (Email),SLA Status,Rating,Feedback (Option)\n"
		)
		for start in range(0, rows, block):
			lines = []
			for number in range(start, min(rows, start + block)):
				person = rng.randrange(people)
				day = rng.randrange(720)
				rated = rng.random() < answered
				rating = rng.choice((0.2, 0.4, 0.6, 0.8, 0.8, 1.0, 1.0, 1.0)) if rated else 0.0
				lines.append(
					f"{number},Unit {person % 500},Team {rng.randrange(40)},"
					f"{2024 + day // 360}-{1 + day % 360 // 30:02d}-{1 + day % 28:02d} 10:{day % 60:02d}:00,"
					f"person{person}@unit{person % 500}.example,"
					f"{'Fulfilled' if rng.random() < 0.8 else 'Failed'},{rating},"
					f"{'Took too long' if rated and rating < 0.5 else ''}\n"
				)
			file.write("".join(lines))


def run(command: list[str]) -> tuple[float, float]:
	"""Seconds and the most memory in MB of a child process."""
	started = time.perf_counter()
	process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
	_, status, usage = os.wait4(process.pid, 0)
	process.returncode = os.waitstatus_to_exitcode(status)
	if process.returncode:
		raise SystemExit(f"{' '.join(command[:4])} ended with {process.returncode}")
	return time.perf_counter() - started, usage.ru_maxrss / 1024


def main() -> int:
	parser = argparse.ArgumentParser(
		description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
	)
	parser.add_argument("--rows", type=int, default=10_000_000)
	parser.add_argument("--rounds", type=int, default=5)
	parser.add_argument("--answered", type=float, default=0.15, help="share of rows with a rating")
	parser.add_argument("--people", type=int, default=200_000)
	parser.add_argument("--keep", help="keep the file in this folder and use it again")
	options = parser.parse_args()
	with tempfile.TemporaryDirectory() as folder:
		path = Path(options.keep or folder) / f"stream-{options.rows}-{options.answered}-{options.people}.csv"
		if not path.exists():
			make(path, options.rows, options.answered, options.people)
		page = str(Path(folder) / "scorecard.html")
		plain, scored, memory = [], [], []
		for _ in range(options.rounds):
			plain.append(run([sys.executable, "-c", PLAIN, str(path)])[0])
			command = [sys.executable, "-m", "cx_desk", "score", str(path), "--out", page, "--quiet"]
			seconds, most = run(command)
			scored.append(seconds)
			memory.append(most)
		size = path.stat().st_size / 2**20
	ratio = statistics.median(plain) / statistics.median(scored)
	print(
		f"{options.rows:,} rows, {size:,.0f} MB, {options.answered:.0%} answered, {options.people:,} people"
	)
	print(
		f"  plain csv read   {statistics.median(plain):7.2f} s  {options.rows / statistics.median(plain):12,.0f} rows/s"
	)
	print(
		f"  scorecard        {statistics.median(scored):7.2f} s  {options.rows / statistics.median(scored):12,.0f} rows/s"
	)
	print(f"  speed            {ratio:7.2f} of the plain read (at least {LEAST_RATIO})")
	print(f"  memory           {max(memory):7.0f} MB (at most {LIMIT_MB})")
	return 0 if ratio >= LEAST_RATIO and max(memory) <= LIMIT_MB else 1


if __name__ == "__main__":
	sys.exit(main())
