"""Reading packet captures: records, frames, datagrams, conversations, and the messages of three protocols. The capture parser uses it."""
