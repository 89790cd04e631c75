"""Compression of blobs, with or without a dictionary."""

import threading
from collections.abc import Sequence
from typing import Final

import zstandard

from saasbackup_desktop.vault.format.packs import COMPRESSED, LENGTH, WITH_DICTIONARY

_LEVEL: Final = 3
_WORTH_TRYING: Final = 64
_SMALL: Final = 64 * 1024
"""Blobs beyond this learn nothing from a dictionary."""
_DICTIONARY: Final = 112 * 1024
_SEGMENT, _GRAM = 1000, 8
"""How training cuts samples (zstd's k and d). Left to itself it tries many, takes five times as long, and gains 1 %."""
SAMPLES: Final = 8 * 1024 * 1024
"""So many bytes of samples are enough."""
_FEWEST: Final = 500


class Dictionary:
    """What small blobs of one kind have in common, so that they need not say it again."""

    def __init__(self, id: bytes, content: bytes) -> None:
        self.id = id
        """Of the blob that holds it."""
        self.content = content
        self.data = zstandard.ZstdCompressionDict(content, dict_type=zstandard.DICT_TYPE_AUTO)
        self.data.precompute_compress(level=_LEVEL)


def is_sample(plain: bytes, packed: bytes) -> bool:
    """Can a dictionary learn from this blob, and help it? What does not compress has nothing to teach."""
    return _WORTH_TRYING <= len(plain) <= _SMALL and len(packed) < len(plain) - len(plain) // 10


def trained(samples: Sequence[bytes]) -> bytes | None:
    """Make a dictionary's content of samples; None if they are too few or have nothing in common."""
    if len(samples) < _FEWEST or sum(map(len, samples)) < 8 * _DICTIONARY:
        return None
    try:
        return zstandard.train_dictionary(_DICTIONARY, list(samples), k=_SEGMENT, d=_GRAM, level=_LEVEL).as_bytes()
    except zstandard.ZstdError:
        return None


class Codec(threading.local):
    """zstd of one thread: its contexts must not be shared."""

    def __init__(self) -> None:
        self._compress = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=False)
        self._decompress = zstandard.ZstdDecompressor()
        self._compress_with: dict[bytes, zstandard.ZstdCompressor] = {}
        self._decompress_with: dict[bytes, zstandard.ZstdDecompressor] = {}

    def pack(self, plain: bytes, dictionary: Dictionary | None = None) -> tuple[bytes, int]:
        """Compress where it pays: content and word."""
        if len(plain) >= _WORTH_TRYING:
            if dictionary is not None and len(plain) <= _SMALL:
                packed, word = self._compressor(dictionary).compress(plain), COMPRESSED | WITH_DICTIONARY
            else:
                packed, word = self._compress.compress(plain), COMPRESSED
            if len(packed) < len(plain) - len(plain) // 50:
                return packed, len(plain) | word
        return plain, len(plain)

    def unpack(self, content: bytes, word: int, dictionary: Dictionary | None = None) -> bytes:
        """The other way round. Raises zstandard.ZstdError."""
        if not word & COMPRESSED:
            return content
        codec = self._decompressor(dictionary) if dictionary is not None else self._decompress
        return codec.decompress(content, max_output_size=word & LENGTH)

    def _compressor(self, dictionary: Dictionary) -> zstandard.ZstdCompressor:
        codec = self._compress_with.get(dictionary.id)
        if codec is None:
            codec = zstandard.ZstdCompressor(
                level=_LEVEL, dict_data=dictionary.data, write_checksum=False, write_dict_id=False
            )
            self._compress_with[dictionary.id] = codec
        return codec

    def _decompressor(self, dictionary: Dictionary) -> zstandard.ZstdDecompressor:
        codec = self._decompress_with.get(dictionary.id)
        if codec is None:
            codec = self._decompress_with[dictionary.id] = zstandard.ZstdDecompressor(dict_data=dictionary.data)
        return codec
