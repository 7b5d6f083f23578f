"""Concerns: taken in, kept, followed up, answered. The ledger behind the promise to listen."""
