"""Letters in words: what people are told by mail and by web hooks."""
