"""How good a custom model is: answers, metrics and comparisons."""
