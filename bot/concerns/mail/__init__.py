"""E-mail: reading what people write, and writing back."""
