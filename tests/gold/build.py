#!/usr/bin/env python3
"""Turns the inline marks of entities.src.txt into entities.jsonl with code point offsets; every third article is for testing."""
import json
import pathlib
import re

HERE = pathlib.Path(__file__).parent
TYPES = {"P": "PER", "L": "LOC", "O": "ORG", "D": "DATE", "M": "MONEY", "Q": "QTY"}
ASCII = str.maketrans({"\uff0c": ",", "\uff1b": ";", "\uff01": "!", "\uff1f": "?", "\uff08": "(", "\uff09": ")"})


def strip(marked, where):
    text, spans = "", []
    for piece in re.split(r"(\{[^{}]*\})", marked):
        mark = re.fullmatch(r"\{([PLODMQ])\|([^|]+)\}", piece)
        if mark:
            spans.append([len(text), len(text) + len(mark[2]), TYPES[mark[1]]])
            text += mark[2]
        elif re.search(r"[{}|]", piece):
            raise SystemExit(f"{where}: bad mark near {piece[:20]!r}")
        else:
            text += piece
    return text, spans


def main():
    rows, head = [], None
    for number, line in enumerate(HERE.joinpath("entities.src.txt").read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("@"):
            head = line[1:].split()
        elif line and not line.startswith("#"):
            home, date, title, *width = head
            text, spans = strip(line, f"line {number}")
            if width == ["ascii"]:
                text = text.translate(ASCII)
            split = "test" if len(rows) % 10 in (2, 5, 8) else "train"
            rows.append({"id": f"g{len(rows) + 1:03}", "source": {"title": title, "home": home}, "date": date,
                         "t": text, "e": spans, "split": split})
    with HERE.joinpath("entities.jsonl").open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
