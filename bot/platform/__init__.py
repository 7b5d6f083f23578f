"""What knows Discord but no feature: client, access, cards, components, errors, the courier."""
