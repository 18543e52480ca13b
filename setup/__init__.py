"""Decides how a fresh machine or image gets everything the service needs; standard library only."""
