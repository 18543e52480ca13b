"""What the demo shop sells, bills and takes back: invented, the same on every machine, dated around today."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from ivr.orders.order_book import Order, OrderStatus
from ivr.orders.shop import Invoice, OrderReturn, Product, ReturnStatus

SEED = 20_300_305
_AMOUNTS = ("249.00", "399.00", "549.00", "795.00", "1249.00", "2390.00")
_RETURN_STEPS = (ReturnStatus.RECEIVED, ReturnStatus.REFUNDED, ReturnStatus.REGISTERED)

# code, names by language, in stock, days until more come (None: not known, or not needed)
_PRODUCTS: tuple[tuple[str, tuple[str, str, str, str], int, int | None], ...] = (
    ("BL-10", ("wool blanket", "yllefilt", "ullpledd", "villahuopa"), 42, None),
    ("BL-20", ("cotton blanket", "bomullsfilt", "bomullspledd", "puuvillahuopa"), 0, 9),
    ("LA-10", ("floor lamp", "golvlampa", "gulvlampe", "lattiavalaisin"), 12, None),
    ("LA-20", ("desk lamp", "skrivbordslampa", "skrivebordslampe", "työpöytävalaisin"), 2, None),
    ("TA-10", ("coffee table", "soffbord", "sofabord", "sohvapöytä"), 5, None),
    ("TA-20", ("dining table", "matbord", "spisebord", "ruokapöytä"), 0, None),
    ("CH-10", ("rocking chair", "gungstol", "gyngestol", "keinutuoli"), 3, None),
    ("CH-20", ("office chair", "kontorsstol", "kontorstol", "työtuoli"), 18, None),
    ("RU-10", ("hallway rug", "hallmatta", "gangteppe", "eteisen matto"), 27, None),
    ("CU-10", ("linen curtains", "linnegardiner", "lingardiner", "pellavaverhot"), 1, 20),
    ("CL-10", ("rain jacket", "regnjacka", "regnjakke", "sadetakki"), 64, None),
    ("CL-20", ("winter boots", "vinterkängor", "vinterstøvler", "talvisaappaat"), 0, 12),
    ("KI-10", ("coffee mug", "kaffemugg", "kaffekopp", "kahvimuki"), 120, None),
    ("KI-20", ("bread knife", "brödkniv", "brødkniv", "leipäveitsi"), 31, None),
    ("BE-10", ("pillow", "kudde", "pute", "tyyny"), 75, None),
    ("BE-20", ("duvet cover", "påslakan", "dynetrekk", "pussilakana"), 2, None),
)
_LANGUAGES = ("en", "sv", "nb", "fi")


def demo_products(today: date) -> list[Product]:
    """Return what the demo shop sells on a day. Pure."""
    return [
        Product(
            code,
            dict(zip(_LANGUAGES, names, strict=True)),
            in_stock,
            None if days is None else today + timedelta(days=days),
        )
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
