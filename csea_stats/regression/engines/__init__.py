"""The engines that fit a problem: each takes a `Problem` and returns draws, or estimates with limits."""
