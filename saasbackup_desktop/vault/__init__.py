"""Where the bytes sleep: encrypted, deduplicated, written once. Synchronous and thread-safe."""
