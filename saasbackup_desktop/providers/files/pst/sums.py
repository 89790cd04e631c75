"""Checksums, signatures and the permutation that Outlook stores data under ([MS-PST] 5.1, 5.3, 5.5)."""

import zlib

PERMUTED = bytes.fromhex(
    "41361362a8216ebbf416cc047f64e85d1ef2cb2a74c55e35d295479e962d9a884c7d843fdbac31b6485ff6c4d8398be7233b388ec8c1df25"
    "b120a546604e9cfbaad35651457c550007c92b9d859b09a08fadb30f63ab894bd7a7155a716642bf264a6b98faea7753b270052cfd593a86"
    "7ece06eb827857c78d43afb41cd45bcde2e9274fc3087280cfb0eff5286dbe304d3492d50e3c2232e5e4f99fc2d10a8112e1ee918376e397"
    "e6618a1779a4b7dc907a5c8c02a6ca69de501a1193b9528758fced1d37491b6ae0293399bd6cd994f340546ff0c673b8d63e6518441fdd67"
    "10f10c19ecae03a1147ba90bfff8a3c0a201f72ebc2468750dfeba2fb5d0da3d"
)
"""For ``bytes.translate``: what each byte of data becomes."""


def crc(data: bytes | bytearray | memoryview) -> int:
    """Compute the CRC of data as it is stored."""
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


def signature(offset: int, block: int) -> int:
    """Compute what ties a block or page to its place."""
    mixed = (offset ^ block) & 0xFFFFFFFF
    return (mixed >> 16) ^ (mixed & 0xFFFF)
