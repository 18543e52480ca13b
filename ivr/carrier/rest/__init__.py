"""The REST API of the account, in the shapes of Twilio's OpenAPI description."""
