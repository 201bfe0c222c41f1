"""Checks of budgets: the most units for so many weights, the fewest layers for so long a lag."""

from rnn_tf.course.checks import NotYet, exercise, expect_number


def _weights(kind, features, units, *, recurrent=True, biases=2):
    """Weights of a layer; the other arguments are ways to count wrong."""
    block = units * (features + units + 1)
    if kind == "min_gru":
        return 2 * (block if not recurrent else units * (features + 1))
    return {"simple": 1, "lstm": 4, "gru": 3}[kind] * block + 3 * units * (
        kind == "gru" and biases == 2
    )


@exercise
def units_for(answer):
    """``answer(kind, features, budget)`` gives the most units within so many weights."""
    names = {"simple": "SimpleRNN", "lstm": "LSTM", "gru": "GRU", "min_gru": "minGRU"}
    for kind, name in names.items():
        for features, budget in ((1, 3456), (8, 1000), (3, 500), (10, 3 * 8 * (10 + 8 + 2))):
            given = expect_number(answer(kind, features, budget), "units")
            if given != int(given):
                raise NotYet("a whole number of units is wanted.", "单元数应为整数。")
            units = int(given)
            uses, next_one = (_weights(kind, features, n) for n in (units, units + 1))
            asked = f"{name}, {features}, {budget}"
            if uses <= budget < next_one:
                continue
            if kind == "gru" and _fits(kind, features, budget, units, biases=1):
                raise NotYet(
                    f"{asked}: {units} units have {uses} weights. Keras's GRU has two biases a "
                    "block.",
                    f"{asked}：{units} 个单元有 {uses} 个参数。Keras 的 GRU 每块有两个偏置。",
                )
            if kind == "min_gru" and _fits(kind, features, budget, units, recurrent=False):
                raise NotYet(
                    f"{asked}: {units} units have only {uses} weights. Its gates do not see the "
                    "state: there is no matrix (units, units).",
                    f"{asked}：{units} 个单元只有 {uses} 个参数。它的门看不到状态，"
                    "没有 (单元, 单元) 的矩阵。",
                )
            if uses > budget:
                raise NotYet(
                    f"{asked}: {units} units have {uses} weights, which is too many.",
                    f"{asked}：{units} 个单元有 {uses} 个参数，超出了。",
                )
            raise NotYet(
                f"{asked}: {units + 1} units would have {next_one} weights, which is allowed.",
                f"{asked}：{units + 1} 个单元有 {next_one} 个参数，还在预算之内。",
            )


def _fits(kind, features, budget, units, **fault):
    """Whether ``units`` is the answer of somebody who counts with this fault."""
    first, second = (_weights(kind, features, n, **fault) for n in (units, units + 1))
    return first <= budget < second


@exercise
def layers_for(answer):
    """``answer(lag, kernel_size)`` gives the fewest layers, dilations 1, 2, 4, …, that see it."""
    for kernel_size in (2, 3, 5):
        for lag in (1, 2, 3, 4, 7, 8, 14, 15, 100, 1023, 1024):
            given = expect_number(answer(lag, kernel_size), "layers")
            if given != int(given):
                raise NotYet("a whole number of layers is wanted.", "层数应为整数。")
            layers = int(given)
            asked = f"lag {lag}, kernel_size {kernel_size}"
            if layers < 1 or layers > 64 + lag:
                raise NotYet(
                    f"{asked}: {layers} layers can't be right.", f"{asked}：不可能是 {layers} 层。"
                )
            reach, fewer = ((kernel_size - 1) * (2**n - 1) for n in (layers, layers - 1))
            if reach < lag:
                raise NotYet(
                    f"{asked}: {layers} layers see only {reach} steps back.",
                    f"{asked}：{layers} 层只能看到 {reach} 步之前。",
                )
            if fewer >= lag:
                raise NotYet(
                    f"{asked}: {layers - 1} layers see {fewer} steps back already.",
                    f"{asked}：{layers - 1} 层就已经能看到 {fewer} 步之前。",
                )
