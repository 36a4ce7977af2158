"""A month of records without sensor streams, from the same scripts as lived visits."""
