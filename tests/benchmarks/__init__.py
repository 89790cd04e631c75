"""Speed and memory, each figure beside its limit or a peer measured in the same run. Nothing here fails."""
