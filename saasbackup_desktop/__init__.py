"""Back up cloud mailboxes into a vault of your own, browse them at any point in time, restore them."""

__version__ = "0.1.0"
