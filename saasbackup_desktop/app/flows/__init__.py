"""What a person is led through, without a window: adding an account, choosing a passphrase, saving a file."""
