"""PyTorch: ``nn.LSTM``, ``nn.GRU`` and ``nn.RNN``, which call oneDNN on a CPU."""

import torch
from torch import nn

CELLS = {"simple": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class Model(nn.Module):
    def __init__(self, work):
        super().__init__()
        self.embedding = nn.Embedding(work.vocab_size, work.features) if work.vocab_size else None
        self.encoder_steps = work.num_steps if work.decoder_steps else 0
        sizes = work.features, work.units, work.layers
        self.encoder = CELLS[work.cell](*sizes, batch_first=True) if work.decoder_steps else None
        self.recurrent = CELLS[work.cell](*sizes, batch_first=True, dropout=work.dropout)
        self.dropout = nn.Dropout(work.dropout)
        self.head = nn.Linear(work.units, work.vocab_size or work.outputs)

    def forward(self, values):
        if self.embedding is not None:
            values = self.embedding(values)
        state = None
        if self.encoder is not None:
            _, state = self.encoder(values[:, : self.encoder_steps])
        values, _ = self.recurrent(values[:, self.encoder_steps :], state)
        if self.embedding is None:
            values = values[:, -1]
        return self.head(self.dropout(values))


def _start(work, variant):
    if variant == "torch_one":  # one thread is faster where the matrices are tiny
        torch.set_num_threads(1)
    torch.manual_seed(0)
    return Model(work)


def training(work, variant):
    """A function that trains for ``work.rounds`` steps."""
    model = _start(work, variant)
    optimizer = torch.optim.Adam(model.parameters())
    inputs, targets = map(torch.from_numpy, work.batches())
    if work.vocab_size:
        inputs = inputs.long()
    regression = targets.dtype == torch.float32
    loss_of = nn.functional.mse_loss if regression else nn.functional.cross_entropy

    def run():
        batches = zip(inputs.split(work.batch_size), targets.split(work.batch_size), strict=True)
        for x, y in batches:
            optimizer.zero_grad(set_to_none=True)
            outputs = model(x)
            if not regression:
                outputs, y = outputs.flatten(0, -2), y.long().flatten()
            loss_of(outputs, y).backward()
            optimizer.step()

    return run


def inference(work, variant):
    """A function that runs ``work.rounds`` forward passes."""
    model = _start(work, variant).eval()
    batch = torch.from_numpy(work.batches()[0][: work.batch_size])
    batch = batch.long() if work.vocab_size else batch

    def run():
        with torch.inference_mode():
            for _ in range(work.rounds):
                model(batch)

    return run
