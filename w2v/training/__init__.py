"""From a corpus to vectors."""

from w2v.training.building import memory_needed
from w2v.training.progress import Progress
from w2v.training.resuming import resume
from w2v.training.trainer import Model, train

__all__ = ["Model", "Progress", "memory_needed", "resume", "train"]
