"""An experiment on records of made-up patients: a rare illness, foretold from their events.

Nothing here speaks for medicine: who falls ill is drawn by the chances that ``patients`` states.
"""

import numpy as np

from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.experiments.memory import TEST
from rnn_tf.claims.learning import CROSS_ENTROPY, batches_of, chosen, loss_of, network
from rnn_tf.claims.rules import rule
from rnn_tf.claims.statements import Difference, Ratio
from rnn_tf.reference.activations import sigmoid

#: How often each of six events happens: infection, drug, complaint, and three that do not matter.
OFTEN = (0.07, 0.07, 0.1, 0.2, 0.26, 0.3)
#: A drug that comes so many events after an infection, or sooner, does harm.
WITHIN = 4


def patients(count, illness, *, seed, num_steps=16):
    """Events (count, num_steps, 6), one-hot; who falls ill (count, 1); the chances of it (count,).

    ``illness``: ``"order"``: 0.4 with a drug soon after an infection, else 0.03; a drug before an
    infection does no harm. ``"amount"``: log-odds −4, and 0.9 more for each complaint at any time.
    """
    rng = np.random.default_rng(seed)
    events = rng.choice(len(OFTEN), (count, num_steps), p=OFTEN)
    if illness == "order":
        pairs = [(events[:, :-k] == 0) & (events[:, k:] == 1) for k in range(1, WITHIN + 1)]
        harmed = np.any([pair.any(axis=1) for pair in pairs], axis=0)
        chances = np.where(harmed, 0.4, 0.03)
    else:
        chances = sigmoid(0.9 * (events == 2).sum(axis=1) - 4)
    ill = rng.random(count) < chances
    return np.eye(len(OFTEN))[events], ill[:, None].astype(float), chances


def records(seed, steps=500, units=12, count=4000):
    """A GRU, logistic regression on counts, and always the rate; order matters, or does not.

    The network is trained on patients as they come and, where order matters, also on batches half
    of them ill. Learning rate, length of training and ridge are chosen on validation patients.
    """
    found = {}
    for illness in ("order", "amount"):
        train, validation, test = (
            patients(number, illness, seed=place + seed)
            for place, number in ((0, count), (TEST // 2, 1200), (TEST, count))
        )
        told = {
            "chances": test[2],
            "rate": np.full(count, train[1].mean()),
            "counts": _by_counts(train, validation, test),
        }
        draws = {"gru": batches_of(*train[:2])}
        if illness == "order":
            draws["balanced"] = _half_of_them_ill(*train[:2])
        for name, draw in draws.items():
            net = chosen(
                lambda data=train: network("gru", data[0], 1, units, seed=seed, loss=CROSS_ENTROPY),
                draw, lambda net, data=validation: loss_of(net, *data[:2]),
                rates=(0.02, 0.005), steps=steps, looks=4, seed=seed,
            )  # fmt: skip
            told[name] = sigmoid(net.forward(test[0]).outputs[:, 0])
        ill = test[1][:, 0]
        for name, risks in told.items():
            top = np.argsort(risks, kind="stable")[-count // 10 :]
            found |= {
                f"loss/{illness}/{name}": _cross_entropy(risks, ill),
                f"ranked/{illness}/{name}": ranked(risks, ill),
                f"right/{illness}/{name}": np.mean((risks > 0.5) == (ill > 0)),
                f"told/{illness}/{name}": risks[top].mean(),
                f"ill/{illness}/{name}": ill[top].mean(),
            }
    return found


def _half_of_them_ill(inputs, targets, size=32):
    groups = [np.flatnonzero(targets[:, 0] == label) for label in (0, 1)]

    def draw(rng):
        rows = np.concatenate([rng.choice(group, size // 2) for group in groups])
        return inputs[rows], targets[rows]

    return draw


def _by_counts(train, validation, test):
    """Risks of the test patients by logistic regression on how often each event happened."""
    tables = [np.c_[np.ones(len(part[0])), part[0].sum(axis=1)] for part in (train, validation)]
    weights = [logistic(tables[0], train[1][:, 0], ridge) for ridge in (0.1, 1, 10, 100)]
    ill = validation[1][:, 0]
    best = min(weights, key=lambda w: _cross_entropy(sigmoid(tables[1] @ w), ill))
    return sigmoid(np.c_[np.ones(len(test[0])), test[0].sum(axis=1)] @ best)


def logistic(table, targets, ridge, rounds=10):
    """Weights of logistic regression by Newton's method; the first column, ones, is not shrunk."""
    weights = np.zeros(table.shape[1])
    penalty = ridge * np.diag([1e-9, *np.ones(table.shape[1] - 1)])
    for _ in range(rounds):
        risks = sigmoid(table @ weights)
        slopes = table.T @ (risks - targets) + penalty @ weights
        weights -= np.linalg.solve((table.T * (risks * (1 - risks))) @ table + penalty, slopes)
    return weights


def _cross_entropy(risks, ill):
    risks = np.clip(risks, 1e-12, 1 - 1e-12)
    return -np.mean(ill * np.log(risks) + (1 - ill) * np.log(1 - risks))


def ranked(risks, ill):
    """How often an ill patient is told a higher risk than a healthy one (AUC); ties count half."""
    values, places, counts = np.unique(risks, return_inverse=True, return_counts=True)
    ranks = (counts.cumsum() - (counts - 1) / 2)[places]
    number = ill.sum()
    return (ranks[ill > 0].sum() - number * (number + 1) / 2) / (number * (len(ill) - number))


def _foretold(illness, words):
    return (
        Ratio((f"{words[0]}: the loss is 10 % below that of telling everybody the rate.",
               f"{words[1]}：损失比对人人都报发病率低 10 % 以上。"), high=0.9,
              first=f"loss/{illness}/gru", second=f"loss/{illness}/rate"),
        Difference((f"{words[0]}: an ill patient is ranked above a healthy one oftener than by "
                    "counts of events, by 0.05.",
                    f"{words[1]}：把病人排在健康人之前的比例，比按事件计数高 0.05 以上。"),
                   low=0.05, first=f"ranked/{illness}/gru", second=f"ranked/{illness}/counts"),
    )  # fmt: skip


def _calibrated(name, words):
    return Ratio((f"{words[0]}: in the tenth at highest risk as many fall ill as told, to a fifth.",
                  f"{words[1]}：风险最高的一成人中，预报与实际的发病率相差不过约五分之一。"),
                 low=0.8, high=1.25, first=f"told/order/{name}",
                 second=f"ill/order/{name}")  # fmt: skip


RECORDS = Experiment(
    name="records",
    title=("Made-up patients: who will fall ill?", "模拟病历：谁会发病？"),
    number=("cross-entropy; shares", "交叉熵；比例"),
    measure=records,
    budgets={"class": {}, "full": {"steps": 3000, "units": 24, "count": 20_000}},
    labels={
        "order": ("the order of events matters", "事件的次序有影响"),
        "amount": ("only how many events matters", "只看事件多少"),
        "balanced": ("GRU, half of each batch ill", "GRU，每批一半是病人"),
        "counts": ("logistic regression on counts", "对计数做逻辑回归"),
        "rate": ("always the rate", "一律报发病率"),
        "chances": ("the true chances", "真实概率"),
        "ranked": ("ill ranked above healthy (AUC)", "病人排在健康人之前（AUC）"),
        "right": ("right when told ill above ½", "以 ½ 为界判断的准确率"),
        "told": ("tenth at highest risk: told", "风险最高的一成：预报"),
        "ill": ("tenth at highest risk: fell ill", "风险最高的一成：实际"),
    },
    rules={
        "foretold": rule(
            *_foretold("order", ("Where order matters", "次序有影响")),
            *_foretold("amount", ("Where only amounts matter", "只看多少")),
            _calibrated("gru", ("Trained on patients as they come", "按实际比例训练")),
            _calibrated("balanced", ("Trained on as many ill as healthy", "病人与健康人各半训练")),
            on=("whether order matters, what it is compared with, and what share of the training "
                "patients are ill", "次序是否有影响、与什么相比，以及训练样本中病人的比例"),
        ),
    },
)  # fmt: skip

EXPERIMENTS = (RECORDS,)
