"""Text as catalogs can hold it: services tell halves of characters that no file can."""


def whole(text: str) -> str:
    """Put U+FFFD in the place of each half of a character (a lone surrogate); join halves that belong together."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
