"""Text for the terminal: functions that take data and return text or tables."""
