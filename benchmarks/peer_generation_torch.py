"""Generation with PyTorch: cell by cell, in Python and in TorchScript."""

import warnings

import torch
from torch import nn


class Writer(nn.Module):
    """Writes ``tokens`` ids after one; the Gumbel noise is drawn beforehand."""

    def __init__(self, work):
        super().__init__()
        self.lstm = work.cell == "lstm"
        self.units = work.units
        self.embedding = nn.Embedding(work.vocab_size, work.embedding)
        cell = nn.LSTMCell if self.lstm else nn.GRUCell
        self.cell = cell(work.embedding, work.units)
        self.head = nn.Linear(work.units, work.vocab_size)


class LSTMWriter(Writer):
    def forward(self, number: torch.Tensor, noise: torch.Tensor):
        hidden = torch.zeros(1, self.units)
        memory = torch.zeros(1, self.units)
        written = []
        for place in range(noise.shape[0]):
            hidden, memory = self.cell(self.embedding(number), (hidden, memory))
            number = (self.head(hidden) + noise[place]).argmax(-1)
            written.append(number)
        return torch.cat(written)


class GRUWriter(Writer):
    def forward(self, number: torch.Tensor, noise: torch.Tensor):
        hidden = torch.zeros(1, self.units)
        written = []
        for place in range(noise.shape[0]):
            hidden = self.cell(self.embedding(number), hidden)
            number = (self.head(hidden) + noise[place]).argmax(-1)
            written.append(number)
        return torch.cat(written)


def writing(work, variant):
    """A function that writes tokens and returns how many."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    writer = (LSTMWriter if work.cell == "lstm" else GRUWriter)(work).eval()
    if variant == "torch_script":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            writer = torch.jit.script(writer)

    def run():
        with torch.inference_mode():
            uniform = torch.rand(work.rounds, work.vocab_size)
            writer(torch.tensor([4]), -(-uniform.log()).log())
        return work.rounds

    return run
