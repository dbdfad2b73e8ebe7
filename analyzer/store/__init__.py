"""The store: analyses, reviews and settings in a database at a place that the user chooses. Off until chosen.

Note text is not in it unless chosen; then it is encrypted with a key that the user holds.
"""

from analyzer.store.copies import backup, restore
from analyzer.store.sealing import Key, key_from_file, new_key_file
from analyzer.store.store import Info, Settings, Store, create_store, open_store

__all__ = [
    "Info",
    "Key",
    "Settings",
    "Store",
    "backup",
    "create_store",
    "key_from_file",
    "new_key_file",
    "open_store",
    "restore",
]
