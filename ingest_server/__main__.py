"""`python -m ingest_server`."""

from ingest_server.cli import main

if __name__ == "__main__":
    main()
