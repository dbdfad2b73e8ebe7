"""The store: kept, encrypted, copied and removed."""
