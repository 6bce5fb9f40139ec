"""What all kinds of statement share: words in two languages, figures for readers, and the sections of a paper."""
