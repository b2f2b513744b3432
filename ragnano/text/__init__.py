"""Text analysis without documents, models or a store: words, questions, entities, quantities."""
