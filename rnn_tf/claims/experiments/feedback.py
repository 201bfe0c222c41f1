"""What is fed back from step to step: the hidden state, or the output."""

import numpy as np

from rnn_tf import reference
from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.experiments.memory import TEST, echo
from rnn_tf.claims.learning import CROSS_ENTROPY, accuracy, chosen, fresh, loss_of
from rnn_tf.claims.rules import rule
from rnn_tf.claims.statements import Difference, Value


class Jordan(reference.Network):
    """A simple network whose step before acts through its output y = h V + c only.

    The recurrent kernel is V u, of rank one; u (1, units) is the weight ``fed_back``.
    """

    def __init__(self, units, seed):
        super().__init__(reference.SimpleRNN(1, units, seed=seed), 1, CROSS_ENTROPY, seed=seed + 1)
        rng = np.random.default_rng(seed)
        self.weights["fed_back"] = rng.standard_normal((1, units)) / 2

    def forward(self, inputs, initial_state=None):
        V, u = self.weights["output_kernel"], self.weights["fed_back"]
        self.weights["recurrent_kernel"][...] = V @ u
        return super().forward(inputs, initial_state)

    def backward(self, trace, d_outputs, d_final_state=None):
        gradients = super().backward(trace, d_outputs, d_final_state)
        V, u = self.weights["output_kernel"], self.weights["fed_back"]
        d_kernel = gradients["recurrent_kernel"]
        gradients["output_kernel"] = gradients["output_kernel"] + d_kernel @ u.T
        gradients["fed_back"] = V.T @ d_kernel
        gradients["recurrent_kernel"] = np.zeros_like(d_kernel)  # it follows from the other two
        return gradients


def switch(count, *, seed, num_steps=12):
    """On, off, or nothing at each step: is it on? What is to be remembered is the answer itself.

    Returns inputs (count, num_steps, 1), 1 for on, −1 for off and 0 for nothing (three of four),
    and targets of the same shape; the first step always says on or off.
    """
    rng = np.random.default_rng(seed)
    signal = rng.choice([-1.0, 1.0], (count, num_steps))
    said = rng.random(signal.shape) < 0.25
    said[:, 0] = True
    last = np.maximum.accumulate(np.where(said, np.arange(num_steps), 0), axis=1)
    targets = np.take_along_axis(signal, last, axis=1) > 0
    return (signal * said)[:, :, None], targets[:, :, None].astype(float)


def feedback(seed, steps=800, num_steps=12, units=16, rates=(0.005, 0.02)):
    """A switch, and an echo of the bit before, with the hidden state or the output fed back.

    Validation data choose rate and length of training; with the output fed back, which goes more
    slowly, it may be twice as long.
    """
    found = {}
    for task, make in (("switch", switch), ("echo", echo(num_steps, 1))):
        validation, test = (make(256, seed=place + seed) for place in (TEST // 2, TEST))
        networks = {
            "state": lambda: reference.Network(
                reference.SimpleRNN(1, units, seed=seed), 1, CROSS_ENTROPY, seed=seed + 1
            ),
            "output": lambda: Jordan(units, seed),
        }
        for kind, new in networks.items():
            net = chosen(new, fresh(make), lambda net, held=validation: loss_of(net, *held),
                         rates=rates, steps=steps * (1 + (kind == "output")),
                         seed=seed)  # fmt: skip
            found[f"{task}/{kind}"] = accuracy(net, *test, skip=1)
    return found


_TASKS = {
    "switch": ("a switch", "开关任务"),
    "echo": ("an echo of the bit before", "回声任务（前一步的比特）"),
}


def _done(kind):
    """Both tasks are done with the state or the output fed back."""
    words = {
        "state": ("what the hidden layer puts out, the state,", "隐藏层的输出（即状态）"),
        "output": ("what the output layer puts out", "输出层的输出"),
    }[kind]
    return tuple(
        Value((f"With {words[0]} fed back, {name[0]} is learnt: accuracy 0.95.",
               f"反馈{words[1]}，能学会{name[1]}：准确率达到 0.95。"),
              low=0.95, condition=f"{task}/{kind}")
        for task, name in _TASKS.items()
    )  # fmt: skip


FEEDBACK = Experiment(
    name="feedback",
    title=(
        "What is fed back: hidden state (Elman) or output (Jordan)",
        "反馈的是隐藏状态（Elman）还是输出（Jordan）",
    ),
    number=("accuracy", "准确率"),
    measure=feedback,
    budgets={"class": {}, "full": {"steps": 4000}},
    labels={
        "switch": ("switch: the answer is all that must be remembered",
                   "开关：需要记住的就是答案本身"),
        "echo": ("echo of the bit before: more than the answer must be remembered",
                 "前一步比特的回声：需要记住的不止答案"),
        "state": ("state fed back", "反馈隐藏状态"),
        "output": ("output fed back", "反馈输出"),
    },
    rules={
        "output_fed_back": rule(
            *_done("output"),
            *(
                Difference((f"With the output it goes as well as with the state, to 0.02: "
                            f"{name[0]}.",
                            f"{name[1]}：反馈输出与反馈隐藏状态效果相当（相差不过 0.02）。"),
                           low=-0.02, first=f"{task}/output", second=f"{task}/state")
                for task, name in _TASKS.items()
            ),
            on=("whether the output says all that must be remembered; with as much training as "
                "here", "输出是否包含了需要记住的全部信息（就此训练量而言）"),
            amended=("Only echoes had been tried, in which the output lacks what must be "
                     "remembered, at one rate and in little training; a switch has been added.",
                     "原先只试了回声任务（输出里没有要记住的内容），且学习率单一、训练不足；现补上开关任务。"),
        ),
        "layer_fed_back": rule(
            *_done("state"), *_done("output"),
            on=("whose output is meant, the hidden layer's, which is the state, or the output "
                "layer's, and whether that says all that must be remembered; with as much training "
                "as here",
                "指谁的输出（隐藏层的即状态，还是输出层的），以及它是否包含需要记住的全部信息（就此训练量而言）"),
            amended=("The article speaks of a layer's or a neuron's output; that of the hidden "
                     "layer is the state, and is fed back. Only echoes had been tried; a switch "
                     "has been added, and training is longer.",
                     "文章说的是层或神经元的输出；隐藏层的输出就是隐藏状态，确实会反馈。"
                     "原先只试了回声任务，现补上开关任务，并延长训练。"),
        ),
    },
)  # fmt: skip

EXPERIMENTS = (FEEDBACK,)
