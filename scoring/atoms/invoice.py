"""An invoice and what came in on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.atoms.base import Case, Found, Problem, Projection, Setting, View, company_factor
from scoring.atoms.credit import rep_of
from scoring.attribution import Spread
from scoring.events.base import Event, case_key
from scoring.events.partner import InvoiceEvent, InvoiceIssued, PaymentReceived
from scoring.money import round_half_up


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice at its due time, in company minor units; `received` is all that ever came in, at most its amount."""

    shop: str
    credits: Mapping[str, Spread]
    due_at: int
    amount: int
    received: int


class InvoiceCase(Case):
    """The case of one invoice."""

    def publish(self, facts: Sequence[Event], setting: Setting) -> tuple[Projection, ...]:
        head = _head(facts)
        if head is None or not head.buyer_id:
            return ()
        paid_at = min((fact.occurred_at for fact in facts if isinstance(fact, PaymentReceived)), default=None)
        value = (head.invoice_id, head.occurred_at, paid_at)
        return (Projection(case_key("payments", head.shop_id, head.buyer_id), value),)

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        head = _head(facts)
        if head is None:
            return Found()
        # One rate for the invoice and all its receipts, so that one paid in full is collected in full.
        at, company = head.due_at, setting.attribution.reference.company.currency
        factors = {}
        for currency in sorted({fact.currency for fact in facts} | {head.currency}):
            factor = company_factor(currency, at, setting)
            if isinstance(factor, Problem):
                return Found(problems=(factor,))
            factors[currency] = factor
        receipts = [fact.paid_amt * factors[fact.currency] for fact in facts if isinstance(fact, PaymentReceived)]
        amount, received = round_half_up(head.invoice_amt * factors[head.currency]), round_half_up(sum(receipts))
        problems = []
        if received > amount:
            excess = f"receipts on invoice {head.invoice_id} exceed it by {received - amount} minor units of {company}"
            problems.append(Problem("payment_exceeds_invoice", excess))
        agent = next((fact.agent_id for fact in facts if isinstance(fact, InvoiceEvent) and fact.agent_id), "")
        scope = {"brand": setting.attribution.brand(head.shop_id), "shop": head.shop_id, "channel": head.channel}
        credit = {"rep": rep_of(agent, scope, at, setting)}
        atom = Invoice(head.shop_id, credit, at, amount, min(amount, received))
        return Found((("invoice", atom),), tuple(problems))


def _head(facts: Sequence[Event]) -> InvoiceEvent | None:
    """The event that tells the invoice: the first one issued, else the first receipt."""
    issued = next((fact for fact in facts if isinstance(fact, InvoiceIssued)), None)
    return issued or next((fact for fact in facts if isinstance(fact, PaymentReceived)), None)
