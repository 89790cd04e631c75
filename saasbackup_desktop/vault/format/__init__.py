"""What files of a vault look like: names, keys, packs, trees, and how items are cut into blobs."""
