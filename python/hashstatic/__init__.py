"""The hashing step of Django's ``collectstatic`` as one fast binary.

``hashstatic.storage`` has the storage backends; this module finds the binary. Nothing here imports Django.
"""

from hashstatic._binary import BinaryNotFound, find_binary

__all__ = ["BinaryNotFound", "find_binary"]
