"""Lets `python -m migas_tornado` do what the console script does."""

from migas_tornado.cli import main

if __name__ == "__main__":
    main()
