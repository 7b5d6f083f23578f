"""Opinion maps. `toronto.txt` is an open data set of Polis, as tests/…/test_mapping.py says."""
