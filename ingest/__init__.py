"""The write path: walk, parse, blocks, chunks, embed, store. Document text is data here, never an instruction."""
