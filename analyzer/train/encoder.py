"""Fine-tunes the encoder end to end: strategies, opportunities, template lines, statuses and responses at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as loss_of

from analyzer.encoder import WINDOW, Encoder, sequence
from analyzer.records import CodedNote
from analyzer.train.examples import Lesson, chunks, lessons
from analyzer.train.network import Network, pool, to_onnx, weights_folder


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast.

    The layers nearest the words hold what any English text teaches: the ``frozen`` first stay as published, the next
    learn slower than the last (Howard & Ruder 2018, doi:10.18653/v1/P18-1031; Lee et al. 2019, arXiv:1911.03090).
    """

    epochs: int = 6
    frozen: int = 2
    windows: int = 8
    rate: float = 1.5e-4
    head_rate: float = 7.5e-4
    decay: float = 0.9
    warm_up: float = 0.1
    weight_decay: float = 0.01


# What a tag's status and its words, and an opportunity's response, count beside the labels themselves.
_STATUS, _EVIDENCE, _RESPONSE = 0.6, 0.3, 0.3
_TINY = 1e-4


@dataclass(frozen=True, slots=True)
class _Batch:
    ids: Tensor
    mask: Tensor
    rows: Tensor  # of ids.flatten(), those that belong to a segment
    segment: Tensor  # which
    lessons: list[Lesson]


def fit_encoder(
    notes: Sequence[CodedNote],
    *,
    seed: int,
    schedule: Schedule = Schedule(),
    progress: Callable[[float], None] = lambda _: None,
) -> Encoder:
    """The encoder after these notes; ``progress`` is told the share done.

    The same notes and seed give the same encoder on the same machine.
    """
    from tokenizers import Tokenizer

    torch.manual_seed(seed)
    vocabulary = (weights_folder() / "tokenizer.json").read_bytes()
    tokenizer = Tokenizer.from_buffer(vocabulary)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    network = Network()
    torch.set_flush_denormal(True)
    optimizer = torch.optim.AdamW(_groups(network, schedule), fused=True)
    rates = [group["lr"] for group in optimizer.param_groups]
    draw = Random(seed)
    network.train()
    for epoch in range(schedule.epochs):
        read = [lessons(note, tokenizer, vary=draw if epoch else None) for note in notes]
        batches = list(_batches(read, schedule.windows, draw))
        for number, batch in enumerate(batches):
            done = (epoch + number / len(batches)) / schedule.epochs
            progress(done)
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * min(1.0, done / schedule.warm_up) * (1 - done)
            optimizer.zero_grad()
            _loss(network, batch).backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
    return Encoder(to_onnx(network), tokenizer.to_str().encode())


def _groups(network: Network, schedule: Schedule) -> list[dict[str, object]]:
    """Each parameter that learns, with its rate."""
    layers = network.body.config.num_hidden_layers
    groups: list[dict[str, object]] = []
    for name, parameter in network.named_parameters():
        depth = int(name.split("layer.")[1].split(".")[0]) + 1 if "encoder.layer." in name else 0
        if depth <= schedule.frozen and not name.startswith("head"):
            parameter.requires_grad_(False)
            continue
        rate = schedule.head_rate if name.startswith("head") else schedule.rate * schedule.decay ** (layers - depth)
        decay = schedule.weight_decay if parameter.ndim > 1 else 0.0
        groups.append({"params": [parameter], "lr": rate, "weight_decay": decay})
    return groups


def _batches(read: Sequence[Sequence[Lesson]], size: int, draw: Random) -> Iterator[_Batch]:
    """All chunks in batches of about equal length, in random order."""
    parts = list(chunks(read, WINDOW, draw))
    draw.shuffle(parts)
    batches = []
    for start in range(0, len(parts), size * 16):
        shelf = sorted(parts[start : start + size * 16], key=lambda part: sum(len(x.piece.ids) for x in part))
        batches += [shelf[i : i + size] for i in range(0, len(shelf), size)]
    draw.shuffle(batches)
    return map(_collate, batches)


def _collate(parts: Sequence[Sequence[Lesson]]) -> _Batch:
    sequences = [sequence([lesson.piece for lesson in part]) for part in parts]
    length = max(map(len, sequences))
    ids, mask = torch.zeros(len(parts), length, dtype=torch.long), torch.zeros(len(parts), length, dtype=torch.long)
    rows: list[int] = []
    segment: list[int] = []
    flat: list[Lesson] = []
    for i, (part, line) in enumerate(zip(parts, sequences, strict=True)):
        ids[i, : len(line)] = torch.tensor(line)
        mask[i, : len(line)] = 1
        at = i * length + 1
        for lesson in part:
            rows += range(at, at + len(lesson.piece.ids))
            segment += [len(flat)] * len(lesson.piece.ids)
            at += len(lesson.piece.ids) + 1
            flat.append(lesson)
    return _Batch(ids, mask, torch.tensor(rows), torch.tensor(segment), flat)


def _loss(network: Network, batch: _Batch) -> Tensor:
    """Per segment: labels, the status of each strategy, the response to a cue, and weight outside the coded words."""
    output = network(batch.ids, batch.mask)
    logits, weight, status, response = pool(output.flatten(0, 1)[batch.rows], batch.segment, len(batch.lessons))
    labels = torch.from_numpy(np.stack([lesson.labels for lesson in batch.lessons]))
    scored = torch.from_numpy(np.stack([lesson.scored for lesson in batch.lessons]))
    total = (loss_of.binary_cross_entropy_with_logits(logits, labels, reduction="none") * scored).sum()
    tags = [(i, k, s) for i, lesson in enumerate(batch.lessons) for k, s in lesson.statuses.items()]
    if tags:
        where, strategy, truth = map(torch.tensor, zip(*tags, strict=True))
        total = total + _STATUS * loss_of.cross_entropy(status[where, strategy], truth, reduction="sum")
    answers = [(i, lesson.response) for i, lesson in enumerate(batch.lessons) if lesson.response is not None]
    if answers:
        where, truth = map(torch.tensor, zip(*answers, strict=True))
        total = total + _RESPONSE * loss_of.cross_entropy(response[where], truth, reduction="sum")
    return (total + _EVIDENCE * _outside(weight, batch)) / len(batch.lessons)


def _outside(weight: Tensor, batch: _Batch) -> Tensor:
    """Minus the log of the share of each label's weight that lies on the coded words."""
    rows: list[int] = []
    labels: list[int] = []
    groups: list[int] = []
    begin = count = 0
    for lesson in batch.lessons:
        for label, within in lesson.evidence.items():
            coded = (np.flatnonzero(within) + begin).tolist()
            rows += coded
            labels += [label] * len(coded)
            groups += [count] * len(coded)
            count += 1
        begin += len(lesson.piece.ids)
    shares = weight.new_zeros(count).index_add(0, torch.tensor(groups, dtype=torch.long), weight[rows, labels])
    return -torch.log(shares + _TINY).sum()
