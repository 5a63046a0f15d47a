"""Messages as Outlook keeps them, in properties: read from .msg files and stores, and put together as mail again."""
