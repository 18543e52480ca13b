"""What the demo shop sells, bills and takes back: invented, the same on every machine, dated around today."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from ivr.orders.order_book import Order, OrderStatus
from ivr.orders.shop import Invoice, OrderReturn, Product, ReturnStatus

SEED = 20_300_305
PAYMENT_DAYS = 30
_AMOUNTS = ("249.00", "399.00", "549.00", "795.00", "1249.00", "2390.00")
_RETURN_STEPS = (ReturnStatus.RECEIVED, ReturnStatus.REFUNDED, ReturnStatus.REGISTERED)

# code, names, in stock, days until more come (None: not known, or not needed)
_PRODUCTS: tuple[tuple[str, dict[str, str], int, int | None], ...] = (
    ("BL-10", {"en": "wool blanket", "sv": "yllefilt", "nb": "ullpledd", "fi": "villahuopa"}, 42, None),
    (
        "BL-20",
        {"en": "cotton blanket", "sv": "bomullsfilt", "nb": "bomullspledd", "fi": "puuvillahuopa"},
        0,
        9,
    ),
    ("LA-10", {"en": "floor lamp", "sv": "golvlampa", "nb": "gulvlampe", "fi": "lattiavalaisin"}, 12, None),
    (
        "LA-20",
        {"en": "desk lamp", "sv": "skrivbordslampa", "nb": "skrivebordslampe", "fi": "työpöytävalaisin"},
        2,
        None,
    ),
    ("TA-10", {"en": "coffee table", "sv": "soffbord", "nb": "sofabord", "fi": "sohvapöytä"}, 5, None),
    ("TA-20", {"en": "dining table", "sv": "matbord", "nb": "spisebord", "fi": "ruokapöytä"}, 0, None),
    ("CH-10", {"en": "rocking chair", "sv": "gungstol", "nb": "gyngestol", "fi": "keinutuoli"}, 3, None),
    ("CH-20", {"en": "office chair", "sv": "kontorsstol", "nb": "kontorstol", "fi": "työtuoli"}, 18, None),
    ("RU-10", {"en": "hallway rug", "sv": "hallmatta", "nb": "gangteppe", "fi": "eteisen matto"}, 27, None),
    (
        "CU-10",
        {"en": "linen curtains", "sv": "linnegardiner", "nb": "lingardiner", "fi": "pellavaverhot"},
        1,
        20,
    ),
    ("CL-10", {"en": "rain jacket", "sv": "regnjacka", "nb": "regnjakke", "fi": "sadetakki"}, 64, None),
    (
        "CL-20",
        {"en": "winter boots", "sv": "vinterkängor", "nb": "vinterstøvler", "fi": "talvisaappaat"},
        0,
        12,
    ),
    ("KI-10", {"en": "coffee mug", "sv": "kaffemugg", "nb": "kaffekopp", "fi": "kahvimuki"}, 120, None),
    ("KI-20", {"en": "bread knife", "sv": "brödkniv", "nb": "brødkniv", "fi": "leipäveitsi"}, 31, None),
    ("BE-10", {"en": "pillow", "sv": "kudde", "nb": "pute", "fi": "tyyny"}, 75, None),
    ("BE-20", {"en": "duvet cover", "sv": "påslakan", "nb": "dynetrekk", "fi": "pussilakana"}, 2, None),
)


def demo_products(today: date) -> list[Product]:
    """Return what the demo shop sells on a day. Pure."""
    return [
        Product(code, names, in_stock, None if days is None else today + timedelta(days=days))
        for code, names, in_stock, days in _PRODUCTS
    ]


def demo_invoices(orders: Sequence[Order], today: date) -> dict[str, Invoice]:
    """Return the invoices by order number: orders that left the warehouse have one. Pure."""
    dice = random.Random(SEED)
    invoices: dict[str, Invoice] = {}
    for order in orders:
        amount, days, is_paid = Decimal(dice.choice(_AMOUNTS)), dice.choice((-5, 12, 25)), dice.random() < 0.4
        if order.status in {OrderStatus.RECEIVED, OrderStatus.PACKED, OrderStatus.CANCELLED}:
            continue
        invoices[order.number] = Invoice(amount, today + timedelta(days=days), is_paid)
    return invoices


def demo_returns(orders: Sequence[Order], today: date) -> dict[str, OrderReturn]:
    """Return the returns by order number: every third delivered order was sent back. Pure."""
    dice = random.Random(SEED + 1)
    delivered = [order for order in orders if order.status is OrderStatus.DELIVERED]
    returns: dict[str, OrderReturn] = {}
    for turn, order in enumerate(delivered[2::3]):
        status = _RETURN_STEPS[turn % len(_RETURN_STEPS)]
        paid_on = {
            ReturnStatus.RECEIVED: today + timedelta(days=6),
            ReturnStatus.REFUNDED: today - timedelta(days=3),
        }
        amount = Decimal(dice.choice(_AMOUNTS))
        code = f"RT{dice.randrange(100_000, 1_000_000)}"
        returns[order.number] = OrderReturn(status, code, amount, paid_on.get(status))
    return returns
