"""Bank transfers: nobody tells the gateway; finance completes and refunds the orders by hand."""

from typing import ClassVar

from admin.options.transfer import Transfer as Options
from admin.payments.provider import Checkout, ForgedError, Incoming, Made, Places, Provider, Way
from storage.models.order import Order, Refund
from storage.payments.currencies import DIGITS
from storage.payments.states import Notice


class Transfer(Provider):
    """Payments that a person sees on a bank statement."""

    name: ClassVar[str] = "transfer"
    title: ClassVar[str] = "Bank transfer"
    refund_repeats: ClassVar[bool] = False
    options = Options
    settings: Options

    def ways(self) -> list[Way]:
        """One, with the account to pay to."""
        settings = self.settings
        if not (settings.enabled and settings.instructions) or settings.currency not in DIGITS:
            return []
        return [Way(self.name, "", settings.currency, self.title, note=settings.instructions)]

    async def checkout(self, order: Order, places: Places) -> Checkout:
        """The wallet, which shows the order's number and the account."""
        return Checkout(places.cancelled, ref=order.number)

    def read(self, said: Incoming) -> list[Notice]:
        """There are no notifications."""
        raise ForgedError(f"nobody notifies of transfers ({said.method})")

    async def poll(self, order: Order) -> Notice | None:
        """There is nobody to ask."""
        del order
        return None

    async def refund(self, order: Order, refund: Refund) -> Made:
        """Finance sends the money back, and says so."""
        del order
        return Made("asked", refund.number)


PROVIDER = Transfer
