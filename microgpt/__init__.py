"""microGPT: a complete GPT in pure Python, one scalar at a time.

Read the modules in this order: `data` (documents and tokens), `value` (automatic
differentiation), `nn` (vectors of Values), `model` (the GPT), `adam` (the optimiser),
`train` and `sample`. The algorithm is Andrej Karpathy's microGPT; every floating-point
operation happens in the same order as in his script, so every bit of the result is the same.
"""

from microgpt.adam import Adam
from microgpt.data import Tokenizer, bundled_names, read_documents
from microgpt.model import GPT, Config, Prediction, forward
from microgpt.sample import Draw, sample
from microgpt.train import TrainingStep, train
from microgpt.value import Value

__all__ = [
    "GPT",
    "Adam",
    "Config",
    "Draw",
    "Prediction",
    "Tokenizer",
    "TrainingStep",
    "Value",
    "bundled_names",
    "forward",
    "read_documents",
    "sample",
    "train",
]
