"""Reading archives that other programs wrote: what lies in them becomes items as the vault keeps them."""
