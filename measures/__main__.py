"""``python -m measures``."""

from measures.cli import main

if __name__ == "__main__":
    main(prog_name="python -m measures")
