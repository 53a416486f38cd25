"""From text to rows: sources, scanning, the vocabulary, the corpus."""
