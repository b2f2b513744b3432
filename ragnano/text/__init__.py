"""Analysis of text alone: words, questions, entities, quantities. Imports neither documents, models nor the store."""
