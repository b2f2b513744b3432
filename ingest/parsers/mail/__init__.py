"""Mail files (EML) and Outlook messages (MSG)."""
