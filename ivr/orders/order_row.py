"""An order as a row of the table `orders`."""

from sqlalchemy import Row

from ivr.orders.order_book import Order, OrderStatus


def order_of(row: Row[tuple[object, ...]]) -> Order:
    """Return the order that a row of `orders` describes."""
    return Order(
        number=row.number,
        postcode=row.postcode,
        status=OrderStatus(row.status),
        customer_name=row.customer_name,
        delivery_date=row.delivery_date,
        carrier_name=row.carrier_name,
        tracking_code=row.tracking_code,
    )
