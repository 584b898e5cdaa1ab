"""Text as such: language, tokens, LaTeX regions, thinking tags, canonical form, condensing."""
