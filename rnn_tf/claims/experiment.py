"""What an experiment is, and what its conditions are called."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rnn_tf.claims import code
from rnn_tf.claims.rules import Rule

MODES = ("class", "full")


@dataclass(frozen=True)
class Experiment:
    """One small experiment.

    Args:
        name: as the rows of the ledger call it.
        title: what is tried, (English, Chinese).
        number: what its numbers are, with unit, (English, Chinese).
        measure: ``measure(seed, **budget)`` -> {condition: number}. Deterministic but for times
            and memory that it measures; chooses on validation data and reads test data once. A
            condition is parts joined by "/", e.g. ``"adding/lstm/T30"``; ``LABELS`` has their
            names.
        rules: name -> ``Rule``.
        budgets: mode -> keyword arguments of ``measure``: ``"class"`` takes at most 90 s on two
            cores with all its seeds.
        seeds: how many seeds, 0, 1, …: three or more, five or more where things are ranked.
        labels: parts of conditions that only this experiment has -> (English, Chinese).
    """

    name: str
    title: tuple[str, str]
    number: tuple[str, str]
    measure: Callable[..., Mapping[str, float]]
    rules: Mapping[str, Rule]
    budgets: Mapping[str, Mapping[str, Any]] = field(
        default_factory=lambda: {"class": {}, "full": {}}
    )
    seeds: Mapping[str, int] = field(default_factory=lambda: {"class": 5, "full": 10})
    labels: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def conditions(self):
        """The conditions that the rules look at; ``measure`` may give more."""
        return tuple(dict.fromkeys(c for one in self.rules.values() for c in one.conditions))

    def evidence(self, seed, mode):
        """The numbers of one seed, checked. Raises ``ValueError`` for what is no evidence."""
        found = self.measure(seed, **self.budgets[mode])
        numbers = {name: float(value) for name, value in found.items()}
        wrong = [name for name, value in numbers.items() if not np.isfinite(value)]
        missing = set(self.conditions) - set(numbers)
        if wrong or missing:
            raise ValueError(f"{self.name}: not finite: {wrong}; missing: {sorted(missing)}")
        return numbers

    def label(self, condition, lang):
        """A condition in words."""
        return " · ".join(self._part(part, lang == "zh") for part in condition.split("/"))

    def _part(self, part, chinese):
        names = self.labels.get(part) or LABELS.get(part)
        if names:
            return names[chinese]
        for pattern, forms in _WITH_NUMBER.items():
            if match := re.fullmatch(pattern, part):
                return forms[chinese].format(match[1])
        raise ValueError(f"{self.name}: nothing says what {part!r} is called")

    def fingerprint(self, mode):
        """A hash of the code and budget behind the numbers; see ``code.behind``."""
        text = "\n".join(code.behind(self.measure))
        return hashlib.sha256(f"{text}\n{self.budgets[mode]!r}".encode()).hexdigest()[:16]


#: Parts of conditions that several experiments share -> (English, Chinese).
LABELS = {
    "simple": ("simple RNN", "简单循环网络"),
    "lstm": ("LSTM", "LSTM"),
    "gru": ("GRU", "GRU"),
    "dense": ("dense layers", "全连接网络"),
    "convolution": ("convolution", "卷积"),
    "model": ("model", "模型"),
    "tanh": ("tanh", "tanh"),
    "sigmoid": ("sigmoid", "sigmoid"),
    "relu": ("ReLU", "ReLU"),
    "first_bit": ("first bit", "首位比特"),
    "adding": ("adding problem", "加法问题"),
    "echo": ("delayed echo", "延迟回声"),
    "parity": ("running parity", "逐步奇偶"),
    "majority": ("majority", "多数"),
    "accuracy": ("accuracy", "准确率"),
    "loss": ("loss", "损失"),
    "error": ("error", "误差"),
    "parameters": ("parameters", "参数量"),
    "seconds": ("seconds", "秒数"),
    "train": ("training", "训练"),
    "validation": ("validation", "验证集"),
    "test": ("test", "测试集"),
    "persistence": ("persistence", "持续性预报"),
    "h1": ("1 step ahead", "向前 1 步"),
}
_WITH_NUMBER = {
    r"T(\d+)": ("{} steps", "{} 个时间步"),
    r"U(\d+)": ("{} units", "{} 个单元"),
    r"rho([\d.]+)": ("spectral radius {}", "谱半径 {}"),
    r"E(\d+)": ("{} epochs", "{} 轮"),
    r"D(\d+)": ("delay {}", "延迟 {}"),
    r"b(\d+)": ("forget bias {}", "遗忘门偏置 {}"),
    r"N(\d+)": ("{} examples", "{} 个样本"),
    r"h(\d+)": ("{} steps ahead", "向前 {} 步"),
}
