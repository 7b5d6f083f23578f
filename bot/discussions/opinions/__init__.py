"""Opinion maps: what people say on a matter, who agrees with whom, what unites and what divides."""
