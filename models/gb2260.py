#!/usr/bin/env python3
"""Makes gb2260.tsv from provinces.csv, cities.csv, areas.csv and streets.csv of china-division (see gb2260.md).

usage: gb2260.py FOLDER > gb2260.tsv
"""

import csv
import sys
from pathlib import Path

# Rows that only hold the table together: no place is called so.
NOT_A_PLACE = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
NOT_IN_SOURCE = {"710000": "台湾省", "810000": "香港特别行政区", "820000": "澳门特别行政区"}


def main(folder: Path) -> None:
    table = dict(NOT_IN_SOURCE)
    for file in ("streets.csv", "areas.csv", "cities.csv", "provinces.csv"):
        with open(folder / file, encoding="utf-8-sig") as rows:
            for row in csv.DictReader(rows):
                name = row["name"].strip()
                if name not in NOT_A_PLACE:
                    table[row["code"].ljust(6, "0")] = name
    for code, name in sorted(table.items()):
        print(code, name, sep="\t")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
