"""One file per scenario. A scenario says what it loads, which figures matter, and at which targets it makes sense."""
