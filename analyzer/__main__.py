"""``python -m analyzer`` and the ``analyzer`` command: the same program."""

from analyzer.cli import main

if __name__ == "__main__":
    main()
