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


def ore(amount: Decimal) -> int:
    """Return money as whole hundredths: databases differ in how they keep decimals."""
    return int(amount * 100)


def _money(hundredths: int) -> Decimal:
    return (Decimal(hundredths) / 100).quantize(Decimal("0.01"))
