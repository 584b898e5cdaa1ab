"""Problems with known truth: a grammar that writes them, an oracle that knows their answers, and wrong answers."""
