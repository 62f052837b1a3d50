"""The body of `Order.place`: take what was ordered from the stock, or say what there is too little of."""

from database.models import Order
from services.business.contexts import OrderPlaceContext
from services.business.errors import OutOfStock

# Products are locked in the order of their keys, so that two orders for the same goods wait instead of deadlocking.
LINES = """
select p.id, p.sku, p.stock, i.quantity
from order_item i
join product p on p.org_id = i.org_id and p.id = i.product_id
where i.org_id = $1 and i.order_id = $2
order by p.id
for no key update of p
"""

TAKE = "update product set stock = stock - $3 where org_id = $1 and id = $2"


async def place(context: OrderPlaceContext, order: Order) -> None:
    """Reserve stock and place the order. Raises `OutOfStock`, naming the first product there is too little of.

    A buyer may place his order and may not change products: stock is reserved with the rights of the service, within the
    tenant of the caller.
    """
    async with context.elevated():
        lines = await context.fetch(LINES, order.org_id, order.id)
        for line in lines:
            if line["stock"] < line["quantity"]:
                raise OutOfStock(sku=line["sku"], available=line["stock"])
        for line in lines:
            await context.execute(TAKE, order.org_id, line["id"], line["quantity"])
