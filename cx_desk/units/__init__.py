"""Business units and what all areas share about them: mapping, cover, scope, scores, voices."""
