"""Mail and Outlook messages."""
