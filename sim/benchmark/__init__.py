"""The weigher's benchmark: staged worlds of visits, and how well what is said of them is founded."""
