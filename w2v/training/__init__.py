"""From a corpus to vectors."""

from w2v.training.building import memory_needed
from w2v.training.model import Model
from w2v.training.progress import Progress
from w2v.training.resuming import resume
from w2v.training.starting import Start
from w2v.training.trainer import train

__all__ = ["Model", "Progress", "Start", "memory_needed", "resume", "train"]
