"""From evidence to an answer: the exact words first, or Yes or No, and what the question names checked against them."""
