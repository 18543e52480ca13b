"""What is said about invoices and what is left to pay."""

from datetime import date
from decimal import Decimal

from ivr.dialogue.action_wire import say
from ivr.dialogue.actions.memory import Event
from ivr.orders.shop import Invoice


def money(amount: Decimal, currency: str) -> str:
    """Return an amount as responses take it: "1249.00 SEK"."""
    return f"{amount:.2f} {currency}"


def invoice_words(invoice: Invoice, today: date) -> tuple[Event, ...]:
    """Return what is said about an invoice."""
    amount = money(invoice.amount, invoice.currency)
    if invoice.is_paid:
        return (say("utter_invoice_paid", amount=amount),)
    name = "utter_invoice_overdue" if invoice.due_date < today else "utter_invoice_open"
    return (say(name, amount=amount, due_date=invoice.due_date.isoformat()),)


def balance_words(invoice: Invoice | None, today: date) -> tuple[Event, ...]:
    """Return what is said about what is left to pay."""
    if invoice is None or invoice.is_paid:
        return (say("utter_balance_zero"),)
    name = "utter_balance_overdue" if invoice.due_date < today else "utter_balance_open"
    amount = money(invoice.amount, invoice.currency)
    return (say(name, amount=amount, due_date=invoice.due_date.isoformat()),)
