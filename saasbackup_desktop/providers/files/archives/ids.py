"""What things in archives are known by: the same for the same, in every import."""

import hashlib


def digest(*parts: str) -> str:
    """Make a name of words: 32 hexadecimal digits."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
