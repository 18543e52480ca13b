"""Invoices, returns and products as rows."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from ivr.orders.shop import Invoice, OrderReturn, Product, ReturnStatus


def invoice_of(row: Row[Any]) -> Invoice:
    """Return the invoice that a row of `invoices` describes."""
    return Invoice(_money(row.amount_ore), row.due_date, row.is_paid, row.currency)


def return_of(row: Row[Any]) -> OrderReturn:
    """Return what a row of `order_returns` describes."""
    amount = None if row.amount_ore is None else _money(row.amount_ore)
    return OrderReturn(ReturnStatus(row.status), row.code, amount, row.paid_on, row.currency)


def product_of(row: Row[Any]) -> Product:
    """Return the product that a row of `products` describes."""
    return Product(row.code, row.names, row.in_stock, row.back_on)


def invoice_columns(order_number: str, invoice: Invoice) -> dict[str, Any]:
    """Return the row of an order's invoice."""
    return {
        "order_number": order_number,
        "amount_ore": ore(invoice.amount),
        "currency": invoice.currency,
        "due_date": invoice.due_date,
        "is_paid": invoice.is_paid,
    }


def return_columns(order_number: str, sent_back: OrderReturn) -> dict[str, Any]:
    """Return the row of an order's return."""
    return {
        "order_number": order_number,
        "code": sent_back.code,
        "status": sent_back.status.value,
        "amount_ore": None if sent_back.amount is None else ore(sent_back.amount),
        "currency": sent_back.currency,
        "paid_on": sent_back.paid_on,
    }


def product_columns(product: Product) -> dict[str, Any]:
    """Return the row of a product."""
    return {
        "code": product.code,
        "names": dict(product.names),
        "in_stock": product.in_stock,
        "back_on": product.back_on,
    }


def ore(amount: Decimal) -> int:
    """Return money as whole hundredths: databases differ in how they keep decimals."""
    return int(amount * 100)


def _money(hundredths: int) -> Decimal:
    return (Decimal(hundredths) / 100).quantize(Decimal("0.01"))
