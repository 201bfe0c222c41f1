"""Experiments on what cells are made of: gates, parameters, ranges of their states."""

import numpy as np

from rnn_tf import reference
from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.learning import CELLS
from rnn_tf.claims.rules import rule
from rnn_tf.claims.statements import Ratio, Value

EXACT = {"class": 10, "full": 10}
COLUMNS = 28
CLASSES = 10


def counts(seed, units=32):
    """Gates by name, parameters, and how far a GRU is from an LSTM with coupled gates."""
    found = {}
    for kind in ("lstm", "gru"):
        gates = [name for name in CELLS[kind].block_names if name != "candidate"]
        found[f"gates/{kind}"] = len(gates)
        for name in ("output", "update"):
            found[f"{name}_gate/{kind}"] = gates.count(name)
    head = units * CLASSES + CLASSES
    for kind, cell in CELLS.items():
        found[f"parameters/{kind}"] = cell(COLUMNS, units).parameter_count + head
    for steps in (7, 28, 112):
        found[f"parameters/dense/T{steps}"] = (steps * COLUMNS + 1) * units + head
    found["difference/open"] = _apart_from_coupled(seed, units, reset_at_work=False)
    found["difference/at_work"] = _apart_from_coupled(seed, units, reset_at_work=True)
    return found


def _apart_from_coupled(seed, units, reset_at_work):
    """One step of a GRU against one that has only c' = f ∘ c + (1 − f) ∘ g, an LSTM's cell."""
    rng = np.random.default_rng(seed)
    gru = reference.GRU(4, units, seed=seed)
    if not reset_at_work:
        gru.weights["bias"][:, units : 2 * units] = 50.0  # the reset gate stays open
    inputs, before = rng.standard_normal((8, 1, 4)), rng.uniform(-1, 1, (8, units))
    after = gru.forward(inputs, before).hidden_states[:, 0]
    W, U = gru.weights["kernel"], gru.weights["recurrent_kernel"]
    both = inputs[:, 0] @ W + before @ U + gru.weights["bias"].sum(axis=0)
    f = 1 / (1 + np.exp(-both[:, :units]))
    return np.abs(f * before + (1 - f) * np.tanh(both[:, 2 * units :]) - after).max()


COUNTS = Experiment(
    name="counts",
    title=("Gates and parameters, counted", "清点门与参数"),
    number=("how many; or largest difference", "个数；或最大差值"),
    measure=counts,
    seeds=EXACT,
    labels={
        "gates": ("gates", "门的个数"),
        "output_gate": ("output gates", "输出门的个数"),
        "update_gate": ("update gates", "更新门的个数"),
        "difference": ("GRU against a coupled LSTM cell", "GRU 与门耦合的 LSTM 单元之差"),
        "open": ("reset gate open", "重置门全开"),
        "at_work": ("reset gate at work", "重置门起作用"),
    },
    rules={
        "three_gates": rule(
            Value(("The LSTM has three gates.", "LSTM 有三个门。"), 3, 3, "gates/lstm"),
            Value(("The GRU has three gates.", "GRU 有三个门。"), 3, 3, "gates/gru"),
            Value(("The GRU has an output gate.", "GRU 有输出门。"), 1, 1, "output_gate/gru"),
            on=("the cell", "单元类型"),
        ),
        "lstm_has_update_gate": rule(
            Value(("The LSTM has an update gate.", "LSTM 有更新门。"), 1, 1, "update_gate/lstm"),
        ),
        "merged": rule(
            Value(("The GRU has two gates.", "GRU 有两个门。"), 2, 2, "gates/gru"),
            Value(("With its reset gate open it is an LSTM cell with coupled gates.",
                   "重置门全开时，它等同于门耦合的 LSTM 单元。"), high=1e-6,
                  condition="difference/open"),
            Value(("With its reset gate at work it still is.", "重置门起作用时，仍然等同。"),
                  high=1e-6, condition="difference/at_work"),
            on=("the reset gate, which the LSTM has not", "LSTM 所没有的重置门是否起作用"),
        ),
        "three_and_two": rule(
            Value(("The LSTM has three gates.", "LSTM 有三个门。"), 3, 3, "gates/lstm"),
            Value(("The GRU has two gates.", "GRU 有两个门。"), 2, 2, "gates/gru"),
            on=("the cell", "单元类型"),
        ),
        "larger_than_dense": rule(
            *(
                Ratio((f"An LSTM has more parameters than dense layers on {steps} rows.",
                       f"LSTM 的参数多于作用在 {steps} 行上的全连接网络。"), low=1.0,
                      first="parameters/lstm", second=f"parameters/dense/T{steps}")
                for steps in (7, 28, 112)
            ),
            on=("the number of steps: dense layers grow with it, an LSTM does not",
                "时间步数：全连接网络随之变大，LSTM 不变"),
        ),
    },
)  # fmt: skip


def hand_set_gates(seed, units=16, steps=20):
    """An LSTM whose gates are set by their biases: what stays of both states."""
    rng = np.random.default_rng(seed)
    inputs = rng.standard_normal((8, steps, 3))
    cell_state = rng.uniform(-1, 1, (8, units))
    kept = _lstm_with(seed, units, input_gate=-50, forget_gate=50).forward(
        inputs, (np.zeros_like(cell_state), cell_state)
    )
    erased = _lstm_with(seed, units, input_gate=-50, forget_gate=-50).forward(
        inputs, (np.zeros_like(cell_state), cell_state)
    )
    hidden = _lstm_with(seed, units, output_gate=-50).forward(inputs)
    return {
        "cell/kept": np.abs(kept.cell_states - cell_state[:, None]).max(),
        "cell/erased": np.abs(erased.cell_states).max(),
        "hidden/kept": np.abs(np.diff(kept.hidden_states, axis=1)).max(),
        "hidden/closed": np.abs(hidden.hidden_states).max(),
        "cell/closed": np.abs(hidden.cell_states).max(),
    }


def _lstm_with(seed, units, **biases):
    lstm = reference.LSTM(3, units, seed=seed)
    for place, gate in enumerate(("input_gate", "forget_gate", "candidate", "output_gate")):
        if gate in biases:
            lstm.weights["bias"][place * units : (place + 1) * units] = biases[gate]
            # Otherwise inputs could still move the gate a little.
            for name in ("kernel", "recurrent_kernel"):
                lstm.weights[name][:, place * units : (place + 1) * units] = 0.0
    return lstm


HAND_SET_GATES = Experiment(
    name="hand_set_gates",
    title=("An LSTM with its gates set by hand", "手工设定 LSTM 的门"),
    number=("largest change or size over 20 steps", "20 个时间步内的最大变化或最大绝对值"),
    measure=hand_set_gates,
    seeds=EXACT,
    labels={
        "cell": ("cell state", "单元状态"),
        "hidden": ("hidden state", "隐藏状态"),
        "kept": ("changes while input gate 0, forget gate 1", "输入门 0、遗忘门 1 时的变化"),
        "erased": ("size while both are 0", "两门皆为 0 时的大小"),
        "closed": ("size while output gate 0", "输出门 0 时的大小"),
    },
    rules={
        "steer": rule(
            Value(("A closed input gate and an open forget gate keep the cell state.",
                   "关闭输入门、打开遗忘门，单元状态保持不变。"), high=1e-6,
                  condition="cell/kept"),
            Value(("Both closed erase it.", "两门都关闭，单元状态被清空。"), high=1e-6,
                  condition="cell/erased"),
            Value(("A closed output gate shows nothing.", "关闭输出门，什么也不输出。"),
                  high=1e-6, condition="hidden/closed"),
            on=("the gate", "哪一个门"),
        ),
        "act_on_hidden_state": rule(
            Value(("Input gate 0 and forget gate 1 keep the hidden state as it is.",
                   "输入门 0、遗忘门 1 时，隐藏状态保持不变。"), high=1e-6,
                  condition="hidden/kept"),
            Value(("The output gate decides what the hidden state shows.",
                   "输出门决定隐藏状态显示什么。"), high=1e-6, condition="hidden/closed"),
            on=("the gate: two act on the cell state, one on the hidden state",
                "哪一个门：有两个作用于单元状态，只有一个作用于隐藏状态"),
        ),
    },
)  # fmt: skip


def state_ranges(seed, units=32, steps=60):
    """How large states get, and how many values of a hidden state are almost −1 or 1."""
    rng = np.random.default_rng(seed)
    lstm = reference.LSTM(1, units, seed=seed)
    for place in (0, 1, 2):  # input gate and forget gate open, candidate near 1
        lstm.weights["bias"][place * units : (place + 1) * units] = 20.0
    opened = lstm.forward(rng.standard_normal((4, steps, 1)))
    found = {
        "largest/hidden": np.abs(opened.hidden_states).max(),
        "largest/cell": np.abs(opened.cell_states).max(),
    }
    inputs = rng.integers(0, 2, (16, steps, 100)).astype(float)
    for scale in ("glorot", "normal"):
        cell = reference.SimpleRNN(100, units, seed=seed)
        if scale == "normal":
            for weight in cell.weights.values():
                weight[...] = rng.standard_normal(weight.shape)
        states = cell.forward(inputs).hidden_states
        found[f"saturated/{scale}"] = np.mean(np.abs(states) > 0.99)
    return found


STATE_RANGES = Experiment(
    name="state_ranges",
    title=("How large states get in 60 steps", "60 个时间步内状态的取值范围"),
    number=("largest absolute value; share of values", "最大绝对值；所占比例"),
    measure=state_ranges,
    seeds={"class": 5, "full": 5},
    labels={
        "largest": ("largest value, LSTM with open gates", "门全开的 LSTM 的最大值"),
        "hidden": ("hidden state", "隐藏状态"),
        "cell": ("cell state", "单元状态"),
        "saturated": ("share beyond ±0.99", "绝对值超过 0.99 的比例"),
        "glorot": ("Glorot start", "Glorot 初始化"),
        "normal": ("standard normal start", "标准正态初始化"),
    },
    rules={
        "bounded": rule(
            Value(("The hidden state stays within ±1.", "隐藏状态不超出 ±1。"), high=1.0,
                  condition="largest/hidden"),
            Value(("The cell state stays within ±1.", "单元状态不超出 ±1。"), high=1.0,
                  condition="largest/cell"),
            on=("which state", "是哪一个状态"),
        ),
        "binary": rule(
            *(
                Value((f"At least 95 % of the values are almost −1 or 1, {start[0]} start.",
                       f"至少 95 % 的值接近 −1 或 1（{start[1]}初始化）。"), low=0.95,
                      condition=f"saturated/{name}")
                for name, start in {
                    "glorot": ("Glorot", "Glorot "), "normal": ("standard normal", "标准正态")
                }.items()
            ),
            on=("the size of the weights", "权重的大小"),
        ),
    },
)  # fmt: skip

EXPERIMENTS = (COUNTS, HAND_SET_GATES, STATE_RANGES)
