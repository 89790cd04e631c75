"""What is known of every point in time, encrypted on this machine; rebuilt from the vault whenever it is lost."""
