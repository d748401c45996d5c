#!/usr/bin/env python3
"""Turns marks that stand in the text into code point offsets.

entities.src.txt  → entities.jsonl: short articles; three of ten are for testing
regional/*.txt    → regional.jsonl: articles of a daily's usual length with headline and topics; those of test-*.txt are for testing
                  → regional-names.jsonl: more of them, for learning names
"""
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


def origin(head):
    """Source, date and how characters are written, from what follows the @."""
    home, date, title, *width = head.split()
    return {"source": {"title": title, "home": home}, "date": date}, ASCII if width == ["ascii"] else {}


def short():
    rows = []
    for number, line in enumerate((HERE / "entities.src.txt").read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("@"):
            source, width = origin(line[1:])
        elif line and not line.startswith("#"):
            text, spans = strip(line, f"entities.src.txt, line {number}")
            split = "test" if len(rows) % 10 in (2, 5, 8) else "train"
            rows.append({"id": f"g{len(rows) + 1:03}", **source, "t": text.translate(width), "e": spans, "split": split})
    return rows


def regional(files):
    rows = []
    for file in sorted(f for pattern in files for f in (HERE / "regional").glob(pattern)):
        articles = [a for a in re.split(r"^@", file.read_text(encoding="utf-8"), flags=re.M)[1:]]
        for number, article in enumerate(articles, 1):
            name = f"daily-{file.stem}-{number:02}"
            head, *lines = [line for line in article.splitlines() if line]
            source, width = origin(head)
            said = {line[0]: line[1:].split(";") for line in lines if line[0] in "=+"}
            topics, optional = (ids.split() for ids in said["="])
            new, new_optional = (ids.split() for ids in (*said.get("+", [""]), "")[:2])
            headline = next(line[1:].strip() for line in lines if line[0] == "#")
            body, spans = strip("\n".join(line for line in lines if line[0] not in "=+#"), name)
            rows.append({"id": name, "split": file.stem.split("-")[0], **source, "headline": headline.translate(width),
                         "body": body.translate(width), "topics": topics, "optional": optional, "new": new,
                         "new_optional": new_optional, "e": spans})
    return rows


def main():
    made = {"entities": short(), "regional": regional(["test-*", "train-[abc]*"]), "regional-names": regional(["train-[def]*"])}
    for name, rows in made.items():
        with (HERE / f"{name}.jsonl").open("w", encoding="utf-8") as out:
            for row in rows:
                out.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
