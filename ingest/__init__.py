"""The write path: walk, load, blocks, chunk, embed, store. Documents' text is data here, never an instruction."""
