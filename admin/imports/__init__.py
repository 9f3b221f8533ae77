"""Taking over another gateway's data: from rows to objects here, through the same checks as the API."""
