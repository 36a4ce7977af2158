"""The weigher: takes sealed visits in, keeps a record nobody can rewrite, scores them and shows people."""
