#!/usr/bin/env python3
"""Puts names of `models/names` into template sentences; checks both.

usage: fill_templates.py [--times N] [--seed S] [TEMPLATES..] > filled.txt     N fillings of every sentence (default 20)
       fill_templates.py --check                                               says what is wrong with lists and templates

TEMPLATES are `entities-templates-*.txt` unless given. What is printed is in the syntax of `entities-templates.txt`, a sentence a
line: `<P:梅西>` is a name as it stands, `{P}` `{L}` `{O}` are left for the trainer. Slots of the templates read here:

{P} {L} {O}       a person, place, organisation the trainer makes up
{O:bank}          a name of the list `names/bank.txt`: the word behind the colon is small Latin letters and hyphens
{O:@county公安局}  text as it stands, with a name of a list for each @list: one name in all
<O:市委>          a name as it stands
{N:game}          a name of a list that is none of the three kinds: gets no label

A line of a list may hold @list itself. @county, @town and @stem (the own part of a place or firm) come from gb2260.tsv.
"""

import argparse
import collections
import glob
import os
import random
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SLOT = re.compile(r"\{([^{}]*)\}|<([^<>]*)>")
REFERENCE = re.compile(r"@([a-z]+(?:-[a-z]+)*)")
LIST = re.compile(r"[a-z]+(?:-[a-z]+)*")
MADE = ("county", "town", "stem")


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n") for line in file if line.strip() and not line.startswith("#")]


def lists():
    found = {}
    for path in sorted(glob.glob(os.path.join(HERE, "names", "*.txt"))):
        found[os.path.basename(path)[:-4]] = lines(path)
    with open(os.path.join(HERE, "gb2260.tsv"), encoding="utf-8") as file:
        divisions = [line.split("\t")[:2] for line in file if line[0].isdigit()]
    counties = [name.strip() for code, name in divisions if len(code) == 6 and not code.endswith("00")]
    towns = [name.strip() for code, name in divisions if len(code) == 9]
    found["county"] = [name for name in counties if 3 <= len(name) <= 6]
    found["town"] = [name for name in towns if name[-1] in "镇乡" and len(name) <= 5]
    found["stem"] = sorted({name[:-1] for name in found["town"] if len(name) == 3})
    return found


def expand(text, names, chance, depth=0):
    if depth > 8:
        raise ValueError(f"lists go round in a ring: {text}")
    return REFERENCE.sub(lambda m: expand(chance.choice(names[m[1]]), names, chance, depth + 1), text)


def fill(template, names, chance):
    def slot(match):
        if match[2] is not None:
            return match[0]
        kind, colon, own = match[1].partition(":")
        if not colon:
            return match[0]
        name = expand("@" + own if LIST.fullmatch(own) else own, names, chance)
        return name if kind == "N" else f"<{kind}:{name}>"

    return SLOT.sub(slot, template)


def check(paths, names):
    wrong = []
    owners = collections.defaultdict(list)
    for name, entries in names.items():
        if name in MADE:
            continue
        for entry, count in collections.Counter(entries).items():
            if count > 1:
                wrong.append(f"{name}: {entry} {count} times")
            if entry != entry.strip() or re.search(r"[{}<>]", entry):
                wrong.append(f"{name}: cannot stand in a slot: {entry!r}")
            for reference in REFERENCE.findall(entry):
                if reference not in names:
                    wrong.append(f"{name}: no list {reference}")
    used = set()
    for path in paths:
        for template in lines(path):
            owners[re.sub(r"[^\w{}:<>@]", "", template)].append(os.path.basename(path))
            rest = SLOT.sub("", template)
            if re.search(r"[{}<>]", rest):
                wrong.append(f"{path}: stray bracket: {template}")
            for match in SLOT.finditer(template):
                kind, colon, own = (match[1] if match[1] is not None else match[2]).partition(":")
                if kind not in ("P", "L", "O", "N") or (kind == "N" and not colon) or (colon and not own):
                    wrong.append(f"{path}: no such slot {match[0]}")
                if match[1] is None:
                    continue
                for reference in [own] if LIST.fullmatch(own) else REFERENCE.findall(own):
                    used.add(reference)
                    if reference not in names:
                        wrong.append(f"{path}: no list {reference}")
    wrong += [f"sentence twice ({', '.join(files)}): {text}" for text, files in owners.items() if len(files) > 1]
    for entries in names.values():
        used.update(reference for entry in entries for reference in REFERENCE.findall(entry))
    wrong += [f"list without use: {name}" for name in names if name not in used and name not in MADE]
    return wrong


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--times", type=int, default=20)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--check", action="store_true")
    arguments.add_argument("templates", nargs="*")
    given = arguments.parse_args()
    paths = given.templates or sorted(glob.glob(os.path.join(HERE, "entities-templates-*.txt")))
    names = lists()
    if given.check:
        wrong = check(paths, names)
        print("\n".join(wrong), file=sys.stderr)
        for path in paths:
            print(len(lines(path)), os.path.basename(path))
        print(sum(len(e) for n, e in names.items() if n not in MADE), "names in", len(names) - len(MADE), "lists")
        sys.exit(1 if wrong else 0)
    chance = random.Random(given.seed)
    for path in paths:
        for template in lines(path):
            for _ in range(given.times):
                print(fill(template, names, chance))


if __name__ == "__main__":
    main()
