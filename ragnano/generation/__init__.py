"""Generation: the prompt, the grammar of the reply, and the call to the chat model."""
