"""From a seed to homes, people, orders and visits, honest and faked."""
