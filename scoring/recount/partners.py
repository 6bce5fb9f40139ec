"""Partners recounted: contacts, samples, deals, and orders that name them (3-kpis.md §3.7)."""

from __future__ import annotations

from scoring.events.order import OrderHeader
from scoring.events.partner import PartnerContacted, PartnerDeal, PartnerEvent, PartnerFirstLive, PartnerSampleSent
from scoring.money import round_half_up
from scoring.recount.book import MICRO, SECOND_US, Book, Credit
from scoring.recount.orders import Order, first
from scoring.recount.sellers import count_seller
from scoring.recount.story import Story

THIRTY_DAYS = 30 * 86_400 * SECOND_US


def count_partners(book: Book, story: Story) -> None:
    """Add what happened with partners and what was sold through them."""
    for contact in story.of(PartnerContacted):
        if contact.two_way:
            credits = [_owner(book, contact, contact.occurred_at)]
            book.mark("partners_contacted", contact.shop_id, contact.occurred_at, contact.partner_id, credits)
    for deal in story.of(PartnerDeal):
        signer = [book.credit_person("self", deal.subject_id, deal.occurred_at)]
        book.add("deal_weight", deal.shop_id, deal.occurred_at, deal.weight, signer)
    samples, lives = story.of(PartnerSampleSent), story.of(PartnerFirstLive)
    followed = [_sample_of(live, samples) for live in lives]
    for sample in samples:
        ripe = sample.occurred_at + THIRTY_DAYS
        credits = [_owner(book, sample, ripe)]
        book.add("samples_due", sample.shop_id, ripe, MICRO, credits)
        if any(sample is one for one in followed):
            book.add("samples_live", sample.shop_id, ripe, MICRO, credits)
    for order in story.customers.orders:
        partner = first([fact for fact in order.facts if isinstance(fact, OrderHeader)], "partner_id")
        if partner and order.paid_at is not None:
            _count_order(book, order, partner, order.paid_at)


def _owner(book: Book, fact: PartnerEvent, at: int) -> Credit:
    place = {"shop": fact.shop_id, "channel": fact.channel, "partner": fact.partner_id}
    return book.credit_tag("bd", "bd", place, at)


def _sample_of(live: PartnerFirstLive, samples: list[PartnerSampleSent]) -> PartnerSampleSent | None:
    """The last sample of the goods shown, when it was sent at most 30 days before."""
    found = None
    for sample in samples:
        wait = live.occurred_at - sample.occurred_at
        fits = "" in (sample.sku, live.sku) or sample.sku == live.sku
        if sample.partner_id == live.partner_id and fits and 0 <= wait <= THIRTY_DAYS:
            found = sample
    return found


def _count_order(book: Book, order: Order, partner: str, paid_at: int) -> None:
    rate = book.rate(order.currency, paid_at)
    if rate is None:
        return
    place = {"shop": order.shop, "channel": order.channel, "partner": partner}
    credits = [book.credit_tag("bd", "bd", place, paid_at)]
    book.mark("partners_active", order.shop, paid_at, partner, credits)
    count_seller(book, order, credits)
    for line in order.lines:
        rev = line.paid_amt + line.platform_subsidy_amt
        book.add("partner_sales", order.shop, paid_at, round_half_up(rev * rate), credits)
        back = 0
        for completed_at, refund in order.refunds:
            if refund.line_id == line.line_id:
                before, back = back, min(rev, back + refund.refund_amt)
                book.add("partner_refunds", order.shop, completed_at, round_half_up(back * rate), credits)
                book.add("partner_refunds", order.shop, completed_at, -round_half_up(before * rate), credits)
