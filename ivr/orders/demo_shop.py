"""The demo shop: invented orders for trying the service, the same on every machine, dated around today."""

import random
from datetime import date, timedelta

from sqlalchemy import Connection, delete, insert, select

from ivr.orders.demo_goods import demo_invoices, demo_products, demo_returns
from ivr.orders.order_book import Order, OrderStatus
from ivr.orders.order_row import order_of
from ivr.orders.shop_tables import invoice_columns, product_columns, return_columns
from ivr.records.database import commanding
from ivr.records.models import invoices, order_returns, orders, products

SEED = 20_300_304
KNOWN_NUMBER = "471192"  # shipped; named in the documentation and in the example calls
KNOWN_OPEN = "350871"  # received: can be changed and cancelled
KNOWN_DELIVERED = "803415"  # delivered: can be returned

_FIRST_NAMES = (
    "Alma",
    "Birk",
    "Disa",
    "Eino",
    "Freja",
    "Halvar",
    "Ilta",
    "Jorun",
    "Kaisa",
    "Leif",
    "Maren",
    "Otso",
)
_LAST_NAMES = (
    "Almkvist",
    "Bergsletten",
    "Dalhult",
    "Ekvik",
    "Fossheim",
    "Granlahti",
    "Havsmark",
    "Koskiranta",
)
# Each carrier delivers in its own country; postcodes have five digits in Sweden and Finland, four in Norway.
_SWEDEN = ("PostNord", ("11455", "21142", "41106", "75320", "90325", "58222", "98131", "62157"))
_FINLAND = ("Posti", ("00100", "33200", "20100", "90120", "70110", "99800", "22100"))
_NORWAY = ("Bring", ("0155", "5003", "7011", "9008", "4006", "1602"))
# status, and the days from today to delivery (none: not known or not to come)
_MIX: tuple[tuple[OrderStatus, tuple[int, ...]], ...] = (
    (OrderStatus.RECEIVED, (5, 6, 8)),
    (OrderStatus.PACKED, (3, 4, 5)),
    (OrderStatus.SHIPPED, (1, 2, 3)),
    (OrderStatus.OUT_FOR_DELIVERY, (0,)),
    (OrderStatus.DELIVERED, (-1, -2, -9, -30)),
    (OrderStatus.DELAYED, (4, 9)),
    (OrderStatus.CANCELLED, ()),
)
_WITH_PARCEL = {OrderStatus.SHIPPED, OrderStatus.OUT_FOR_DELIVERY, OrderStatus.DELIVERED, OrderStatus.DELAYED}


def seed(database_url: str, today: date) -> int:
    """Store the demo orders, replacing those of an earlier day, and return how many there are.

    Orders with other numbers stay as they are. Raises SettingsInvalid or DatabaseNotReady.
    """
    shop = demo_orders(today)
    with commanding(database_url) as connection:
        connection.execute(delete(orders).where(orders.c.number.in_([order.number for order in shop])))
        connection.execute(insert(orders), [_columns(order) for order in shop])
        _seed_goods(connection, shop, today)
    return len(shop)


def _seed_goods(connection: Connection, shop: list[Order], today: date) -> None:
    numbers = [order.number for order in shop]
    for table in (invoices, order_returns):
        connection.execute(delete(table).where(table.c.order_number.in_(numbers)))
    bills, sent_back = demo_invoices(shop, today), demo_returns(shop, today)
    connection.execute(insert(invoices), [invoice_columns(*bill) for bill in bills.items()])
    connection.execute(insert(order_returns), [return_columns(*back) for back in sent_back.items()])
    connection.execute(delete(products))
    connection.execute(insert(products), [product_columns(product) for product in demo_products(today)])


def list_orders(database_url: str) -> list[Order]:
    """Return all orders by number. Raises SettingsInvalid or DatabaseNotReady."""
    with commanding(database_url) as connection:
        return [order_of(row) for row in connection.execute(select(orders).order_by(orders.c.number))]


def demo_orders(today: date) -> list[Order]:
    """Return the demo orders as they stand on a day. The same day gives the same orders. Pure."""
    dice = random.Random(SEED)
    shop = _known_orders(today)
    numbers = {order.number for order in shop}
    for turn in range(4):
        for status, days in _MIX:
            if turn == 3 and status in (OrderStatus.OUT_FOR_DELIVERY, OrderStatus.CANCELLED):
                continue
            number = _draw_number(dice, numbers)
            numbers.add(number)
            shop.append(_order(dice, number, status, days, today))
    return shop


def _known_orders(today: date) -> list[Order]:
    return [
        Order(
            number=KNOWN_NUMBER,
            postcode="11455",
            status=OrderStatus.SHIPPED,
            customer_name="Freja Almkvist",
            delivery_date=today + timedelta(days=2),
            carrier_name="PostNord",
            tracking_code="PN4711925508SE",
        ),
        Order(
            number=KNOWN_OPEN,
            postcode="41106",
            status=OrderStatus.RECEIVED,
            customer_name="Leif Havsmark",
            delivery_date=today + timedelta(days=6),
        ),
        Order(
            number=KNOWN_DELIVERED,
            postcode="0155",
            status=OrderStatus.DELIVERED,
            customer_name="Maren Fossheim",
            delivery_date=today - timedelta(days=2),
            carrier_name="Bring",
            tracking_code="BR8034150042NO",
        ),
    ]


def _order(
    dice: random.Random, number: str, status: OrderStatus, days: tuple[int, ...], today: date
) -> Order:
    carrier_name, postcodes = dice.choice((_SWEDEN, _FINLAND, _NORWAY))
    has_parcel = status in _WITH_PARCEL
    tracking_code = _draw_tracking_code(dice, carrier_name)
    return Order(
        number=number,
        postcode=dice.choice(postcodes),
        status=status,
        customer_name=f"{dice.choice(_FIRST_NAMES)} {dice.choice(_LAST_NAMES)}",
        delivery_date=today + timedelta(days=dice.choice(days)) if days else None,
        carrier_name=carrier_name if has_parcel else None,
        tracking_code=tracking_code if has_parcel else None,
    )


def _draw_number(dice: random.Random, taken: set[str]) -> str:
    # Never next to another: a caller who is one digit off must not hit a neighbour's order.
    while True:
        number = str(dice.randrange(100_000, 1_000_000))
        if all(abs(int(number) - int(other)) > 1 for other in taken):
            return number


def _draw_tracking_code(dice: random.Random, carrier_name: str) -> str:
    prefix, country = {"PostNord": ("PN", "SE"), "Posti": ("JJ", "FI"), "Bring": ("BR", "NO")}[carrier_name]
    return f"{prefix}{dice.randrange(10**9, 10**10)}{country}"


def _columns(order: Order) -> dict[str, object]:
    return {
        "number": order.number,
        "postcode": order.postcode,
        "status": order.status.value,
        "customer_name": order.customer_name,
        "delivery_date": order.delivery_date,
        "carrier_name": order.carrier_name,
        "tracking_code": order.tracking_code,
    }
