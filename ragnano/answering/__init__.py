"""Answering: builds an answer from evidence, with a direct answer first, and checks what the question names."""
