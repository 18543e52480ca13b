"""What all pages for people of the company share: roles, sessions and the gate before a blueprint."""
